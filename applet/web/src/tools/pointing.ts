/** A technician may point. A page cannot draw over other programs, and says so. As applet/tools/pointing.py. */

import type { Point } from "@deskside/codec/wire/messages.gen";
import { Tool } from "./base.ts";

/** Tells the technician, once in a session, that nothing can be shown. */
export class PointingTool extends Tool {
  private hasFailed = false;

  override take(message: Point): void {
    if (this.hasFailed || message.on === false) return;
    this.hasFailed = true;
    this.host.send({ kind: "notice", trouble: "cannot_point", on: true, cause: "no_overlay", lasting: true });
  }

  override end(): void {
    if (!this.hasFailed) return;
    this.hasFailed = false;
    this.host.send({ kind: "notice", trouble: "cannot_point", on: false });
  }
}
