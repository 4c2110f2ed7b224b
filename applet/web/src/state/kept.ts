/**
 * Reads what the browser keeps for this page. Another version may have written it, or a person: what is not as this page
 * writes it counts as not kept. Pure.
 */

import type { KeptVisit, WrongSecret } from "../wire/page.ts";

type Fields = Record<string, unknown>;

/** Return the visit that a tab kept, null where there is none. */
export function readVisit(text: string | null): KeptVisit | null {
  const { pin, routing, secret, ticket, beganAt } = fields(parsed(text));
  const hasOneWay = isText(pin) !== isText(routing);
  if (!hasOneWay || !isTextOrNull(pin) || !isTextOrNull(routing) || !isTextOrNull(secret)) return null;
  if (!isText(ticket) || !(beganAt === null || isTime(beganAt))) return null;
  return { pin, routing, secret, ticket, beganAt };
}

/** Return the wrong secrets that the browser kept, without those that cannot be read. */
export function readWrongSecrets(text: string | null): WrongSecret[] {
  const known = parsed(text);
  if (!Array.isArray(known)) return [];
  return known.map(fields).flatMap(({ code, times, at }) => {
    const isKnown = isText(code) && Number.isSafeInteger(times) && isTime(at);
    return isKnown ? [{ code, times: times as number, at }] : [];
  });
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
