/** As much of Preact as the pages use; what htm makes is not looked into. */

export const Fragment: unknown;
export const h: unknown;
export function render(node: unknown, parent: Element): void;
