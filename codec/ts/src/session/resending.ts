/** What was said under one key and may not have arrived: it is said again under the next one. As codec/session/resending.py. */

import { declared } from "../wire/declaration.ts";
import { unpack } from "../wire/peerMessages.ts";
import { AT_MOST } from "./resending.gen.ts";

/** Return which of these messages are said again: the latest of those that are declared so. Pure. */
export function toResend(unconfirmed: readonly Uint8Array[]): Uint8Array[] {
  return unconfirmed.filter((message) => declared(unpack(message).kind).resent).slice(-AT_MOST);
}
