/** The recording on the technician's side: it is shown while it lasts, and vouched for where the customer allowed it. */

import { headToSign } from "@deskside/codec/wire/chainHead";
import type { Recording, SignHead } from "@deskside/codec/wire/messages.gen";
import { recordingSince } from "../session/uiState.ts";
import { Tool } from "./base.ts";

/** A technician's program may say at any time that it begins or ends. */
const MOST = 100;

/** Shows what is done whatever was allowed: it must be seen. */
export class RecordingTool extends Tool {
  override take(message: Recording | SignHead): void {
    if (message.kind === "recording") {
      if (message.since === null) this.end();
      else this.begin();
      return;
    }
    const { number, digest } = message;
    const signature = this.host.sign(headToSign(number, digest));
    if (signature !== null) this.host.send({ kind: "signed_head", number, digest, signature });
  }

  override end(): void {
    const { uiState } = this.host;
    if (recordingSince(uiState) === null) return;
    const recordings = [...uiState.recordings.slice(0, -1), { ...uiState.recordings.at(-1)!, to: Date.now() }];
    this.host.show({ ...uiState, recordings });
  }

  private begin(): void {
    const { uiState } = this.host;
    if (recordingSince(uiState) !== null) return;
    const recordings = [...uiState.recordings, { from: Date.now(), to: null }].slice(-MOST);
    this.host.show({ ...uiState, recordings });
  }
}
