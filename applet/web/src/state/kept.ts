/**
 * What the browser keeps for this page: what is written, and how it is read again. Another version may have written it,
 * or a person: without a way back nothing counts as kept, and of what a session was so far only what can be read. Pure.
 */

import { type Access, FUNCTIONS } from "@deskside/codec/wire/access.gen";
import type { ChatLine, Period, UiState } from "../session/uiState.ts";
import type { KeptVisit, SoFar, WayBack, WrongSecret } from "../wire/page.ts";

/** So much of the chat is kept: browsers give a page a few megabytes. */
const MOST_LINES = 200;
const MOST_CHARACTERS = 200_000;
/** Besides, so much of what the technician's program has not confirmed: it is still to be sent. */
const MOST_UNCONFIRMED_CHARACTERS = 800_000;

type Fields = Record<string, unknown>;

/** Return what to keep of a session. */
export function keptVisit(wayBack: WayBack, state: UiState): KeptVisit {
  const { technician, organisation, beganAt, allowedOnce, photosSent, recordings, unconfirmed } = state;
  const toSend = firstToSend(state);
  let room = MOST_CHARACTERS;
  const overflows = (line: ChatLine, place: number) => {
    room -= line.text.length;
    if (place >= toSend) return room < -MOST_UNCONFIRMED_CHARACTERS;
    return room < 0 || place < state.chat.length - MOST_LINES;
  };
  const chat = state.chat.slice(state.chat.findLastIndex(overflows) + 1);
  const chatIsCut = state.chatIsCut || chat.length < state.chat.length;
  const soFar = { technician, organisation, beganAt, allowedOnce, photosSent, recordings, unconfirmed };
  return { ...wayBack, ...soFar, chat, chatIsCut };
}

/** Where in the chat the first line is that the technician's program has not confirmed. */
function firstToSend({ chat, unconfirmed }: UiState): number {
  let left = unconfirmed;
  for (let place = chat.length; place > 0; place--) {
    if (left === 0) return place;
    if (chat[place - 1]!.mine) left -= 1;
  }
  return 0;
}

/** Whether anything has changed that is kept. */
export function hasNews(before: UiState, now: UiState): boolean {
  const facts = ["technician", "organisation", "beganAt", "allowedOnce", "photosSent", "recordings"] as const;
  const names = [...facts, "chat", "unconfirmed"] as const;
  return names.some((name) => before[name] !== now[name]);
}

/** Return the visit that a tab kept, null where there is none. */
export function readVisit(text: string | null): KeptVisit | null {
  const kept = fields(parsed(text));
  const { pin, routing, secret, ticket } = kept;
  const channel = kept.channel ?? null;
  if (channel !== null && !isCount(channel)) return null;
  const ways = [isText(pin), isText(routing), channel !== null].filter(Boolean).length;
  if (ways !== 1 || !isTextOrNull(pin) || !isTextOrNull(routing) || !isTextOrNull(secret)) return null;
  return isText(ticket) ? { pin, routing, channel, secret, ticket, ...soFar(kept) } : null;
}

/** Return the wrong secrets that the browser kept, without those that cannot be read. */
export function readWrongSecrets(text: string | null): WrongSecret[] {
  return list(parsed(text)).flatMap(({ code, times, at }) => {
    const isKnown = isText(code) && Number.isSafeInteger(times) && isTime(at);
    return isKnown ? [{ code, times: times as number, at }] : [];
  });
}

function soFar(kept: Fields): SoFar {
  const { technician, organisation, beganAt, allowedOnce, photosSent, chatIsCut, unconfirmed } = kept;
  return {
    technician: isText(technician) ? technician : "",
    organisation: isText(organisation) ? organisation : "",
    beganAt: isTime(beganAt) ? beganAt : null,
    allowedOnce: Array.isArray(allowedOnce) ? allowedOnce.filter(isAccess) : [],
    photosSent: isCount(photosSent) ? photosSent : 0,
    recordings: list(kept.recordings).flatMap(period),
    chat: list(kept.chat).flatMap(chatLine),
    chatIsCut: chatIsCut === true,
    unconfirmed: Number.isSafeInteger(unconfirmed) ? Math.max(0, unconfirmed as number) : 0,
  };
}

function period({ from, to }: Fields): Period[] {
  return isTime(from) && (to === null || isTime(to)) ? [{ from, to }] : [];
}

function chatLine({ text, mine, at, link, by }: Fields): ChatLine[] {
  const isLine = isText(text) && typeof mine === "boolean" && isTime(at);
  return isLine ? [{ text, mine, at, ...(link === true && { link }), ...(isText(by) && { by }) }] : [];
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isAccess(value: unknown): value is Access {
  return isText(value) && Object.hasOwn(FUNCTIONS, value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
