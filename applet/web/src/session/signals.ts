/** What this page and the relay say to each other over `/ws/applet`, as codec/wire/signals.py writes and reads it. */

import { DesksideError } from "@deskside/codec/errors";
import { type IceServer, SESSION_STATES, type SessionState } from "@deskside/codec/wire/apiTypes.gen";
import type { CustomerSettings } from "@deskside/codec/wire/customerSettings.gen";
import type { SignedPermit } from "@deskside/codec/wire/permits";
import {
  CUSTOMER_KINDS,
  type CustomerKind,
  type FromApplet,
  MAX_TO_APPLET_BYTES,
  REFUSALS,
  type Refusal,
} from "@deskside/codec/wire/signals.gen";
import { fromBase64, toBase64 } from "./base64.ts";
import type { Wait } from "./uiState.ts";

/** Of what the organisation has chosen, what a page has a use for: it has no stop key. */
type PageSettings = Omit<Required<CustomerSettings>, "control_no_stop_key">;

/** What the relay says, with bytes as bytes. */
export type ToApplet =
  | {
      type: "entered";
      session: number;
      state: SessionState;
      technician: string;
      organisation: string;
      ticket: string;
      permit: SignedPermit | null;
      relay_key: Uint8Array;
      leg: number;
      to: string;
      /** When the working hours begin outside which the customer waits, in milliseconds since 1970. */
      opens: number | null;
      settings: PageSettings;
      /** What opens the session's survey once it has ended. */
      survey: string;
    }
  | { type: "refused"; reason: Refusal; retry_seconds: number | null; page: string }
  | { type: "replaced"; kind: CustomerKind }
  | { type: "state"; state: SessionState; technician_present: boolean; technician: string; leg: number; to: string }
  | ({ type: "wait" } & Wait)
  | { type: "permitted"; permit: SignedPermit }
  | { type: "signal"; data: string }
  | { type: "tunnel"; ticket: string; ice_servers: IceServer[] }
  | { type: "pong" };

/** What came over the signalling socket is not a Deskside message: the socket is closed, nothing else suffers. */
export class BadSignalError extends DesksideError {
  override name = "BadSignalError";
}

/** Return the JSON text of a signal. */
export function write(signal: FromApplet): string {
  return JSON.stringify(signal, (_name, value) => (value instanceof Uint8Array ? toBase64(value) : value));
}

/** Return what the relay said. Throws BadSignalError. */
export function readToApplet(text: string): ToApplet {
  const signal = map(parsed(text));
  switch (signal.type) {
    case "entered":
      return {
        type: "entered",
        session: whole(signal.session),
        state: word(signal.state, SESSION_STATES),
        technician: string(signal.technician),
        organisation: string(signal.organisation),
        ticket: string(signal.ticket),
        permit: signal.permit == null ? null : permit(signal.permit),
        ...whose(signal),
        relay_key: signal.relay_key === undefined ? new Uint8Array() : bytes(signal.relay_key),
        opens: signal.opens == null ? null : moment(signal.opens),
        settings: settings(signal.settings ?? {}),
        survey: survey(signal.survey),
      };
    case "refused":
      return {
        type: "refused",
        reason: word(signal.reason, REFUSALS),
        retry_seconds: count(signal.retry_seconds),
        page: signal.page === undefined ? "" : string(signal.page),
      };
    case "replaced":
      return { type: "replaced", kind: word(signal.kind, CUSTOMER_KINDS) };
    case "state":
      return {
        type: "state",
        state: word(signal.state, SESSION_STATES),
        technician_present: boolean(signal.technician_present),
        technician: signal.technician === undefined ? "" : string(signal.technician),
        ...whose(signal),
      };
    case "wait":
      return {
        type: "wait",
        seconds: count(signal.seconds),
        position: count(signal.position),
        served: signal.served !== false,
      };
    case "permitted":
      return { type: "permitted", permit: permit(signal.permit) };
    case "signal":
      return { type: "signal", data: string(signal.data) };
    case "tunnel":
      return {
        type: "tunnel",
        ticket: string(signal.ticket),
        ice_servers: signal.ice_servers === undefined ? [] : list(signal.ice_servers).map(iceServer),
      };
    case "pong":
      return { type: "pong" };
    default:
      return bad("there is no such signal");
  }
}

/** Whose part a session is now, and whom it is being handed over to. */
function whose({ leg, to }: Record<string, unknown>): { leg: number; to: string } {
  return { leg: leg === undefined ? 0 : whole(leg), to: to === undefined ? "" : string(to) };
}

function parsed(text: string): unknown {
  if (text.length > MAX_TO_APPLET_BYTES) bad("it is too long");
  try {
    return JSON.parse(text);
  } catch {
    return bad("it is no JSON");
  }
}

function permit(value: unknown): SignedPermit {
  const { statement, signature } = map(value);
  return { statement: bytes(statement), signature: bytes(signature) };
}

function settings(value: unknown): PageSettings {
  const { look_application_name = "", terms_on = false, terms_text = "", terms_scroll = false } = map(value);
  return {
    look_application_name: string(look_application_name),
    terms_on: boolean(terms_on),
    terms_text: string(terms_text),
    terms_scroll: boolean(terms_scroll),
  };
}

/** It becomes part of an address of the relay's: nothing else may be in it. */
function survey(value: unknown): string {
  const token = value === undefined ? "" : string(value);
  return /^([0-9]{1,18}-[0-9a-f]{64})?$/.test(token) ? token : bad("a survey is none");
}

function iceServer(value: unknown): IceServer {
  const { urls, username, credential } = map(value);
  return {
    urls: list(urls).map(string),
    ...(username == null ? {} : { username: string(username) }),
    ...(credential == null ? {} : { credential: string(credential) }),
  };
}

function map(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : bad("a map is missing");
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : bad("a list is missing");
}

function string(value: unknown): string {
  return typeof value === "string" ? value : bad("a text is missing");
}

function boolean(value: unknown): boolean {
  return typeof value === "boolean" ? value : bad("a yes or no is missing");
}

function whole(value: unknown): number {
  return Number.isSafeInteger(value) ? (value as number) : bad("a number is missing");
}

function count(value: unknown): number | null {
  return value == null ? null : whole(value);
}

function moment(value: unknown): number {
  const at = Date.parse(string(value));
  return Number.isNaN(at) ? bad("a moment is missing") : at;
}

function bytes(value: unknown): Uint8Array {
  return fromBase64(string(value)) ?? bad("bytes are missing");
}

function word<Word extends string>(value: unknown, words: readonly Word[]): Word {
  return words.find((each) => each === value) ?? bad(`${String(value).slice(0, 40)} is no word of ours`);
}

function bad(reason: string): never {
  throw new BadSignalError(`not a signal: ${reason}`);
}
