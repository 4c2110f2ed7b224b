/** What a customer enters: a PIN, a PIN with secret digits, or a link. As applet/session/codes.py. Pure. */

import { DesksideError } from "@deskside/codec/errors";
import { canBeSecret, split } from "@deskside/codec/wire/pins";
import { LONG_FIRST, SENT_LINK_CHARACTERS } from "@deskside/codec/wire/pins.gen";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { MAX_CODE } from "./codes.gen.ts";
import type { Problem } from "./uiState.ts";

const LINK_PATH = "/s/";
const DIGEST_CHARACTERS = 16;

/** What was entered is neither a PIN nor a link. `problem` names why. */
export class BadCodeError extends DesksideError {
  constructor(readonly problem: Problem) {
    super(`not a code: ${problem}`);
  }
}

/** How to get in. Exactly one of `pin`, `routing` and `channel` is set. `secret` never leaves this computer. */
export interface Code {
  relay: string;
  pin: string | null;
  routing: string | null;
  channel: number | null;
  secret: string | null;
  /** The reference to what the customer filled in for the channel. */
  answers?: string;
}

/** Return a short name for a code, from what the relay knows of it anyway. */
export function digestOf(code: Code): string {
  const known = `${code.relay} ${code.pin ?? ""} ${code.routing ?? ""}`;
  return bytesToHex(sha256(utf8ToBytes(known))).slice(0, DIGEST_CHARACTERS);
}

/** Return what was typed or pasted. `relay` is the one that served this page. Throws BadCodeError. */
export function readCode(typed: string, relay: string): Code {
  const text = typed.trim();
  if (text.length > MAX_CODE) throw new BadCodeError("too_long");
  return text.includes("/") ? readLink(text, relay) : readPin(text, relay);
}

/** Return the extra digits of a PIN, typed by themselves. Throws BadCodeError. */
export function readDigits(typed: string): string {
  const digits = digitsOf(typed);
  if (!canBeSecret(digits)) throw new BadCodeError("not_extra_digits");
  return digits;
}

function readPin(text: string, relay: string): Code {
  const digits = digitsOf(text);
  const whole = split(digits);
  if (whole === null) throw new BadCodeError(digits.startsWith(LONG_FIRST) ? "not_whole_nine" : "not_whole");
  if (whole.secret !== "" && !canBeSecret(whole.secret)) throw new BadCodeError("not_extra_digits");
  return { relay, pin: whole.pin, routing: null, channel: null, secret: whole.secret || null };
}

function digitsOf(text: string): string {
  const digits = text.replace(/[\s\-.·]/gu, "");
  if (!/^[0-9]+$/.test(digits)) throw new BadCodeError("not_digits");
  return digits;
}

function readLink(text: string, relay: string): Code {
  if (!URL.canParse(text)) throw new BadCodeError("not_a_link");
  const address = new URL(text);
  const at = address.pathname.lastIndexOf(LINK_PATH);
  // With a PIN: a technician sends it to a customer who goes on with the help program.
  const isFrontPage = address.pathname === "/" && /^#[0-9]+$/.test(address.hash);
  const channel = channelIn(address);
  if (channel !== null && address.origin === relay)
    return { relay, pin: null, routing: null, channel, secret: null, answers: address.hash.slice(1) };
  if (!(isFrontPage || at >= 0) || !address.host) throw new BadCodeError("not_a_link");
  if (address.origin !== relay) throw new BadCodeError("other_relay");
  if (isFrontPage) return readPin(address.hash.slice(1), relay);
  const routing = address.pathname.slice(at + LINK_PATH.length);
  // As Python's urlsplit has it: the secret's bytes must be the technician's own, so nothing is decoded.
  const secret = text.includes("#") ? text.slice(text.indexOf("#") + 1) : "";
  if (!routing || (!secret && routing.length !== SENT_LINK_CHARACTERS)) throw new BadCodeError("half_a_link");
  return { relay, pin: null, routing, channel: null, secret: secret || null };
}

/** Return the number of the channel to which an address leads, null where it leads to none. */
export function channelIn({ pathname, search }: Pick<URL, "pathname" | "search">): number | null {
  const number = new URLSearchParams(search).get("channel") ?? "";
  return pathname === "/join" && /^[1-9]\d{0,8}$/.test(number) ? Number(number) : null;
}
