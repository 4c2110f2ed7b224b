/** Session messages as bytes, as codec/wire/messages.py writes and reads them. The types are written from there. */

import { decode } from "@msgpack/msgpack";
import { encode } from "./messagePackWriter.ts";
import type { SessionMessage } from "./messages.gen.ts";

export * from "./messages.gen.ts";

/** Return the bytes of a message. Fields that are undefined are left out. */
export function pack(message: SessionMessage): Uint8Array {
  return encode(message);
}

/** Return the message in `data`, from a program that has checked it: only its form is read. Throws what is no MessagePack. */
export function unpack(data: Uint8Array): SessionMessage {
  return decode(data) as SessionMessage;
}

/** Half a character, as broken programs copy it, cannot be written as UTF-8: it becomes U+FFFD, wherever it is. */
export function wellFormed<Value>(value: Value): Value {
  return repaired(value) as Value;
}

function repaired(value: unknown): unknown {
  if (typeof value === "string") {
    return value.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g, (each) =>
      each.length === 2 ? each : "\uFFFD",
    );
  }
  if (Array.isArray(value)) return value.map(repaired);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, repaired(each)]));
}
