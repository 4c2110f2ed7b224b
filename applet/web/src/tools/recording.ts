/** The recording on the technician's side: it is shown while it lasts, and vouched for where the customer allowed it. */

import { headToSign } from "@deskside/codec/wire/chainHead";
import type { Recording, SignHead } from "@deskside/codec/wire/messages.gen";
import { Tool } from "./base.ts";

/** Shows what is done whatever was allowed: it must be seen. */
export class RecordingTool extends Tool {
  override take(message: Recording | SignHead): void {
    if (message.kind === "recording") {
      this.show(message.since === null ? null : (this.host.uiState.recordingSince ?? Date.now()));
      return;
    }
    const { number, digest } = message;
    const signature = this.host.sign(headToSign(number, digest));
    if (signature !== null) this.host.send({ kind: "signed_head", number, digest, signature });
  }

  override end(): void {
    this.show(null);
  }

  private show(since: number | null): void {
    this.host.show({ ...this.host.uiState, recordingSince: since });
  }
}
