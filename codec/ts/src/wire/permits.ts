/** What a technician may ask for in one session, as the relay signed it. As codec/wire/permits.py. */

import { concatBytes } from "@noble/curves/utils.js";
import { DesksideError } from "../errors.ts";
import { isSigned } from "./chainHead.ts";
import { type Form, FormError, readMap } from "./messagePack.ts";
import type { Permit, SignedPermit } from "./permits.gen.ts";
import { PURPOSE } from "./permits.gen.ts";

export type { SignedPermit } from "./permits.gen.ts";

/** What JavaScript holds exactly. */
const WHOLE: Form = { is: "int", least: Number.MIN_SAFE_INTEGER, most: Number.MAX_SAFE_INTEGER };
const FIELDS: Record<keyof Permit, Form> = {
  session: WHOLE,
  technician: WHOLE,
  issued_at: WHOLE,
  functions: { is: "list", of: { is: "text" } },
};

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
  try {
    return readMap(statement, FIELDS) as unknown as Permit;
  } catch (error) {
    if (error instanceof FormError) return undefined;
    throw error;
  }
}
