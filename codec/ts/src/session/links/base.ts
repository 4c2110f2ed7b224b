/** What a link is (codec/session/links/base.py): the short list of members that both kinds share. */

import { DesksideError } from "../../errors.ts";
import type { LinkKind } from "../pathManager.gen.ts";

/** This connection is gone. The session goes on over another one, or waits until there is one again. */
export class LinkClosedError extends DesksideError {
  override name = "LinkClosedError";
}

/** An ordered, reliable way for messages of up to 64 KiB between the two ends. */
export interface Link {
  readonly kind: LinkKind;
  /** What ties the link to its own encryption, empty where there is nothing to tie to. Both ends must hold the same. */
  readonly binding: Uint8Array;
  /** Write one message; resolves when the link can take more. Rejects with LinkClosedError. */
  send(data: Uint8Array): Promise<void>;
  /** Resolves with the next message. Rejects with LinkClosedError. */
  receive(): Promise<Uint8Array>;
  /** Let go of the link. May be called twice. */
  close(): Promise<void>;
}
