/** The rules of the page's input, for tests: `vite build --mode input`. */

export { cursorSize, isInside } from "../picture/cursor";
export { meets } from "../state/strength";
export { SharedClipboard } from "./clipboard";
export { Pressed } from "./pressed";
export { Wheel } from "./wheel";
