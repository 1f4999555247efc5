/** The hooks of Preact that the pages use. */

type Inputs = readonly unknown[];

export function useCallback<F extends (...given: any[]) => unknown>(act: F, inputs: Inputs): F;
export function useEffect(effect: () => void | undefined | (() => void), inputs?: Inputs): void;
export function useLayoutEffect(effect: () => void | undefined | (() => void), inputs?: Inputs): void;
export function useMemo<T>(make: () => T, inputs?: Inputs): T;
export function useReducer<S, A>(after: (state: S, act: A) => S, first: S): [S, (act: A) => void];
export function useReducer<S, A, I>(after: (state: S, act: A) => S, first: I, begin: (first: I) => S): [S, (act: A) => void];
export function useRef<T>(first: T): { current: T };
export function useState<T>(first: T | (() => T)): [T, (next: T | ((was: T) => T)) => void];
