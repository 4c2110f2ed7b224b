/** The rules of the page's input, for tests: `vite build --mode input`. */

export { cursorSize, isInside } from "../picture/cursor";
export { Pressed } from "./pressed";
export { Wheel } from "./wheel";
