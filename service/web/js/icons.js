/** Line icons on a 24-unit grid, drawn for these pages. */

import { html } from "./html.js";

const PATHS = {
  review: "M4 6h16v12H4zM9 12l2.2 2.2L15.5 10",
  tickets: "M5 4h14v16H5zM9 9h6M9 13h6M9 17h3",
  map: "M3.5 6.5 9 4l6 2.5L20.5 4v13.5L15 20l-6-2.5L3.5 20zM9 4v13.5M15 6.5V20",
  upload: "M4 8h3.2L9 5.5h6L16.8 8H20v11H4zM12 16.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
  desk: "M4 20h16M7 17v-6M12 17V6M17 17v-9",
  admin: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4M9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6 6 18",
  undo: "M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  next: "m9 5 7 7-7 7",
  previous: "m15 5-7 7 7 7",
  back: "M11 5l-7 7 7 7M4 12h16",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
  pin: "M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21M12 12a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2",
  camera: "M3 8h12v8H3zM15 11l6-3v8l-6-3",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M20 20l-4.8-4.8",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  warn: "M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.3",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5M12 7.8v.3",
  help: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.4 9.4a2.7 2.7 0 1 1 3.7 2.6c-.8.4-1.1.9-1.1 1.8M12 16.8v.3",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 20.5a7.5 7.5 0 0 1 15 0",
  repeat: "M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  layers: "m12 4 8.5 4.5L12 13 3.5 8.5zM3.5 13 12 17.5 20.5 13",
  offline: "M4 4l16 16M8.5 16.5a5 5 0 0 1 7 0M5 13a10 10 0 0 1 4.5-2.6M19 13a10 10 0 0 0-5-2.7M2 9.6A15 15 0 0 1 6 7M22 9.6A15 15 0 0 0 10.5 5.6M12 20v.2",
  boxes: "M4 4h6v6H4zM13 12h7v8h-7z",
  calm: "M5 13c2-5 5 2 7-2s5 1 7-2M5 18h14",
};

/** @param {{name: keyof typeof PATHS, size?: number}} props a decoration: the control around it carries the name */
export const Icon = ({ name, size = 20 }) => html`
  <svg aria-hidden="true" viewBox="0 0 24 24" width=${size} height=${size} fill="none" stroke="currentColor" stroke-width="1.7"
    stroke-linecap="round" stroke-linejoin="round"><path d=${PATHS[name]} /></svg>`;

export const Mark = () => html`<img src="/static/icon.svg" alt="" width="24" height="24" />`;
