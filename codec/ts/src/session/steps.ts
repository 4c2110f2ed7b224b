/**
 * What the two ends of a handshake say, as bytes: MessagePack arrays, each in its one shortest form. As in
 * codec/session/handshake.py, which says what the fields are.
 */

import { equalBytes } from "@noble/curves/utils.js";
import { DesksideError } from "../errors.ts";
import { FormError, readList } from "../wire/messagePack.ts";
import { encode } from "../wire/messagePackWriter.ts";
import type { HandshakeProblem, How } from "./handshake.gen.ts";
import { MAX_STEP_BYTES } from "./handshake.gen.ts";

export type { HandshakeProblem, How } from "./handshake.gen.ts";

/** This attempt is over; there is no way to go on without a new one. `problem` says why. */
export class HandshakeError extends DesksideError {
  override name = "HandshakeError";

  constructor(readonly problem: HandshakeProblem) {
    super(`the handshake ended: ${problem}`);
  }
}

export interface Commit {
  kind: "commit";
  version: number | bigint;
  how: How;
  commitment: Uint8Array;
}

export interface Share {
  kind: "share";
  version: number | bigint;
  how: How;
  public: Uint8Array;
  nonce: Uint8Array;
  spake: Uint8Array;
  answers: Uint8Array;
}

export interface Reveal {
  kind: "reveal";
  public: Uint8Array;
  nonce: Uint8Array;
  spake: Uint8Array;
  proof: Uint8Array;
}

export interface Confirm {
  kind: "confirm";
  proof: Uint8Array;
  answers: Uint8Array;
}

export type Step = Commit | Share | Reveal | Confirm;

/** Of each step its fields, in their order. */
const FIELDS: { readonly [Kind in Step["kind"]]: readonly Exclude<keyof Extract<Step, { kind: Kind }>, "kind">[] } = {
  commit: ["version", "how", "commitment"],
  share: ["version", "how", "public", "nonce", "spake", "answers"],
  reveal: ["public", "nonce", "spake", "proof"],
  confirm: ["proof", "answers"],
};
const LARGEST_UINT32 = 0xffff_ffffn;
const LEAST_INT32 = -0x8000_0000n;

/** Return the bytes of a step. */
export function packStep(step: Step): Uint8Array {
  return packed([step.kind, ...FIELDS[step.kind].map((field) => step[field as keyof Step])]);
}

/** Return the MessagePack of these fields, as Python writes a tuple of them. */
export function packed(fields: readonly unknown[]): Uint8Array {
  return encode(fields);
}

/** Return what a step says. Throws HandshakeError (malformed), also where a value has another form than its shortest. */
export function parseStep(step: Uint8Array): Step {
  const parsed = step.length > MAX_STEP_BYTES ? undefined : read(step);
  if (parsed === undefined || !equalBytes(packStep(parsed), step)) throw new HandshakeError("malformed");
  return parsed;
}

function read(step: Uint8Array): Step | undefined {
  const [kind, ...rest] = valuesIn(step);
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind)) return undefined;
  const fields = FIELDS[kind as Step["kind"]];
  if (!fields.every((field, place) => isOfItsType(field, rest[place]))) return undefined;
  return Object.fromEntries([["kind", kind], ...fields.map((field, place) => [field, rest[place]])]) as Step;
}

/** Return what is in the step; nothing where it has something that no step has. */
function valuesIn(step: Uint8Array): ReturnType<typeof readList> {
  try {
    return readList(step);
  } catch (error) {
    if (error instanceof FormError) return [];
    throw error;
  }
}

function isOfItsType(field: string, value: unknown): boolean {
  if (field === "how") return value === "secret" || value === "words";
  if (field !== "version") return value instanceof Uint8Array;
  // What fits in 32 bits has a shorter form than the one that is read as a bigint.
  return Number.isInteger(value) || (typeof value === "bigint" && (value > LARGEST_UINT32 || value < LEAST_INT32));
}
