/**
 * A technician may point. A page cannot draw over other programs: it draws the mark on the picture of what is shown, in
 * itself and in the small window. As applet/tools/pointing.py.
 */

import type { Access } from "@deskside/codec/wire/access.gen";
import { POSITIONS, type Point } from "@deskside/codec/wire/messages.gen";
import { Tool } from "./base.ts";
import { SILENT_SECONDS } from "./pointing.gen.ts";

/** Tells the page where the mark is. Where nothing new is pointed at for a while, it goes. */
export class PointingTool extends Tool {
  private silence: ReturnType<typeof setTimeout> | undefined;

  /** See Tool. Nothing points at the answers to a question. */
  override take({ x, y, on }: Point): void {
    clearTimeout(this.silence);
    const { question, sharing } = this.host.uiState;
    if (on === false || question !== null || sharing === null) {
      this.end();
      return;
    }
    this.silence = setTimeout(() => this.end(), SILENT_SECONDS * 1000);
    const pointedAt = { x: (x + 0.5) / POSITIONS, y: (y + 0.5) / POSITIONS };
    this.host.show({ ...this.host.uiState, pointedAt });
  }

  override allow(granted: ReadonlySet<Access>): void {
    if (!granted.has("view") || this.host.uiState.question !== null) this.end();
  }

  override end(): void {
    clearTimeout(this.silence);
    if (this.host.uiState.pointedAt !== null) this.host.show({ ...this.host.uiState, pointedAt: null });
  }
}
