/** The tools of the page, each a folder. OpenSession, toolbar and picture use all of them and know none. */

import type { OpenSession } from "../state/openSession";
import { camera } from "./camera";
import { chat } from "./chat";
import { clipboard } from "./clipboard";
import { drawing } from "./drawing";
import { input } from "./input";
import { picture } from "./picture";
import { pointing } from "./pointing";
import { recording } from "./recording";
import type { Place, Tool } from "./tool";

/** In the order of the toolbar. */
export const TOOLS: readonly Tool[] = [input, picture, camera, drawing, pointing, clipboard, recording, chat];

/** The pointer has moved over the picture, or has left it. */
export function pointsAt(openSession: OpenSession, place: (() => Place) | undefined): void {
  for (const tool of TOOLS) tool.points?.(openSession, place);
}

/** What the pointer looks like over a picture that is not controlled. */
export function cursorOver(openSession: OpenSession): string {
  for (const tool of TOOLS) {
    const cursor = tool.cursor?.(openSession);
    if (cursor !== undefined) return cursor;
  }
  return "default";
}
