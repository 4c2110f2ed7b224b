/** The tools of the page, each a folder. Room, toolbar and picture use all of them and know none. */

import type { Room } from "../state/room";
import { chat } from "./chat";
import { clipboard } from "./clipboard";
import { input } from "./input";
import { picture } from "./picture";
import { pointing } from "./pointing";
import { recording } from "./recording";
import type { Place, Tool } from "./tool";

/** In the order of the toolbar. */
export const TOOLS: readonly Tool[] = [input, picture, pointing, clipboard, recording, chat];

/** The pointer has moved over the picture, or has left it. */
export function pointsAt(room: Room, place: (() => Place) | undefined): void {
  for (const tool of TOOLS) tool.points?.(room, place);
}

/** What the pointer looks like over a picture that is not controlled. */
export function cursorOver(room: Room): string {
  for (const tool of TOOLS) {
    const cursor = tool.cursor?.(room);
    if (cursor !== undefined) return cursor;
  }
  return "default";
}
