/** As much of ECharts as the desk uses; an option is what its documentation says. */

export interface Chart {
  setOption(option: object, more?: object): void;
  resize(size?: object): void;
  dispose(): void;
  on(event: string, told: (event: any) => void): void;
  [more: string]: any;
}

export function init(parent: HTMLElement | null, theme?: object | string | null, more?: object): Chart;
