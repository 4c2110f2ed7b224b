/** What a technician may ask for in one session, as the relay signed it. As codec/wire/permits.py. */

import { decode } from "@msgpack/msgpack";
import { concatBytes } from "@noble/curves/utils.js";
import { DesksideError } from "../errors.ts";
import { isSigned } from "./chainHead.ts";
import type { Permit, SignedPermit } from "./permits.gen.ts";
import { PURPOSE } from "./permits.gen.ts";

export type { Permit, SignedPermit } from "./permits.gen.ts";

/** This permit is not the relay's, or not for this session. Nothing is permitted by it. */
export class BadPermitError extends DesksideError {
  override name = "BadPermitError";
}

/**
 * Return a permit of the relay with this public key (32 bytes) for this session. `issued_at` in milliseconds since 1970.
 * Throws BadPermitError, also for numbers beyond 2⁵³, which a number of JavaScript does not hold exactly.
 */
export function readPermit({ statement, signature }: SignedPermit, relayKey: Uint8Array, session: number): Permit {
  const believed = isSigned(concatBytes(PURPOSE, statement), signature, relayKey);
  const permit = believed ? stated(statement) : undefined;
  if (permit?.session !== session) throw new BadPermitError("a permit is not the relay's, or not for this session");
  return permit;
}

function stated(statement: Uint8Array): Permit | undefined {
  const fields = decoded(statement);
  if (fields === undefined) return undefined;
  const [session, technician, issued_at] = [fields.session, fields.technician, fields.issued_at].map(whole);
  const { functions } = fields;
  if (session === undefined || technician === undefined || issued_at === undefined || !areTexts(functions)) {
    return undefined;
  }
  return { session, technician, issued_at, functions };
}

function decoded(statement: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value = decode(statement, { useBigInt64: true });
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function whole(value: unknown): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

function areTexts(values: unknown): values is string[] {
  return Array.isArray(values) && values.every((value) => typeof value === "string");
}
