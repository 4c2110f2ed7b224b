/** What the technician draws over the camera's picture. */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { ClearMarks, Mark } from "@deskside/codec/wire/messages.gen";
import { Tool } from "./base.ts";

/** A page draws no more than this: the oldest go. */
const MOST_MARKS = 100;

export class DrawingTool extends Tool {
  override take(message: Mark | ClearMarks): void {
    if (message.kind === "clear_marks") {
      this.show([]);
      return;
    }
    const others = this.host.uiState.marks.filter(({ number }) => number !== message.number);
    this.show([...others, message].slice(-MOST_MARKS));
  }

  override allow(granted: ReadonlySet<Access>): void {
    if (!granted.has("camera")) this.show([]);
  }

  private show(marks: readonly Mark[]): void {
    if (marks.length > 0 || this.host.uiState.marks.length > 0) this.host.show({ ...this.host.uiState, marks });
  }
}
