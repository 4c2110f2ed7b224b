/**
 * Session messages of the other end, who may be anyone: what Python refuses (codec/wire/messages.py) is refused here.
 *
 * Fields that are left out have their usual value in what is returned.
 */

import { DesksideError } from "../errors.ts";
import { declared, type Kind } from "./declaration.ts";
import { FORMS } from "./forms.gen.ts";
import { type Fields, FormError, readMap, texts } from "./messagePack.ts";
import { CLIPBOARD_BYTES, type PointerShape, type SessionMessage } from "./messages.gen.ts";

export * from "./messages.gen.ts";
export { pack } from "./messages.ts";

type Whole<Message> = Message extends unknown ? Required<Message> : never;

/** A message with all of its fields. */
export type PeerMessage = Whole<SessionMessage>;

/** The other program sent something that is not a Deskside message, or one with impossible values. */
export class BadMessageError extends DesksideError {
  override name = "BadMessageError";
}

/** The other program is newer and said something this one does not know. It is skipped. */
export class UnknownMessageError extends DesksideError {
  override name = "UnknownMessageError";

  constructor() {
    super("The other program is newer and said something this one does not know. It is skipped.");
  }
}

const TABLE: Readonly<Record<string, Fields>> = FORMS;
const utf8 = new TextEncoder();

/** Return the message in `data`. Throws UnknownMessageError (skip it) or BadMessageError (end the session). */
export function unpack(data: Uint8Array): PeerMessage {
  let kinds: string[] = [];
  try {
    kinds = texts(data, "kind");
    return read(data, kinds);
  } catch (error) {
    if (!(error instanceof FormError)) throw error;
    const last = kinds.at(-1);
    if (last !== undefined && !Object.hasOwn(TABLE, last)) throw new UnknownMessageError();
    throw new BadMessageError(`not a session message: ${error.message}`);
  }
}

function read(data: Uint8Array, kinds: string[]): PeerMessage {
  const [kind] = kinds;
  if (kind === undefined || !Object.hasOwn(TABLE, kind) || kinds.some((each) => each !== kind)) {
    throw new FormError("it does not say of what kind it is");
  }
  const message = { kind, ...readMap(data, TABLE[kind]!) } as PeerMessage;
  if (data.length > declared(kind as Kind).longest) {
    throw new BadMessageError(`${data.length} bytes are too long for ${kind}`);
  }
  if (message.kind === "pointer_shape") checkShape(message);
  if (message.kind === "clipboard_text" && utf8.encode(message.text).length > CLIPBOARD_BYTES) {
    throw new BadMessageError(`a text of the clipboard is longer than ${CLIPBOARD_BYTES} bytes`);
  }
  return message;
}

function checkShape(shape: PointerShape): void {
  if (shape.pixels.length !== shape.width * shape.height * 4) {
    throw new BadMessageError("a pointer's pixels do not fill its width and height");
  }
  if (shape.width && !(shape.hot_x < shape.width && shape.hot_y < shape.height)) {
    throw new BadMessageError("a pointer's hot spot is outside it");
  }
}
