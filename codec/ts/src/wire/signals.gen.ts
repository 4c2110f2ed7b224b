// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

import type { Code, Person, RecordingRules, Session, SessionState } from "./apiTypes.gen.ts";
import type { CustomField } from "./customFields.gen.ts";
import type { GroupSettings } from "./groupSettings.gen.ts";

export interface Desk {
  type: "desk";
  person: Person;
  organisation: string;
  customer_page: string;
  sessions: Session[];
  codes: Code[];
  functions?: string[];
  recording?: RecordingRules;
  settings?: GroupSettings;
  fields?: CustomField[];
  stamp_key?: string;
  systems?: string[] | null;
  sending?: Sending;
  now?: string | null;
}

export interface Sending {
  mail?: boolean;
  texts?: boolean;
  languages?: LanguageChoice[];
  language?: string;
}

export interface LanguageChoice {
  code: string;
  name: string;
  characters?: number;
  messages?: number;
}

export interface SessionChanged {
  type: "session";
  session: Session;
}

export interface SessionGone {
  type: "session_gone";
  session: number;
  person?: number | null;
  technician?: string;
}

export interface StartSession {
  type: "start_session";
  session: number;
  console: string;
}

export interface CodeChanged {
  type: "code";
  code: Code;
}

export interface Missed {
  type: "missed";
  reason: Refusal;
  at: string;
  code?: number | null;
  session?: number | null;
  count?: number;
  disowned?: boolean;
}

export type Refusal = "not_served" | "closed" | "no_one_there" | "no_answers" | "unknown" | "expired" | "used" | "cancelled" | "too_many" | "busy" | "ended" | "bad_message";

export interface Technicians {
  type: "technicians";
  chosen: TechnicianStatus;
  technicians: Colleague[];
}

export type TechnicianStatus = "available" | "busy" | "away";

export interface Colleague {
  person: number;
  name: string;
  status: TechnicianStatus;
  sessions: number;
}

export interface TimeLimits {
  type: "time_limits";
  units: UnitLimits[];
}

export interface UnitLimits {
  waiting_seconds: number;
  alerts: Alert[];
  channel?: number | null;
}

export interface Alert {
  state: SessionState;
  seconds: number;
  colour: string;
}

export interface Enter {
  type: "enter";
  version: number;
  pin?: string | null;
  link?: string | null;
  computer?: string;
  system?: string;
  kind?: CustomerKind;
  means?: string[];
  channel?: number | null;
  answers?: string;
}

export type CustomerKind = "program" | "page";

export interface Return {
  type: "return";
  ticket: string;
}

export interface AcceptTerms {
  type: "accept_terms";
}

export interface AppletSignal {
  type: "signal";
  data: string;
}

export interface SigningKey {
  type: "signing_key";
  key: Uint8Array;
}

export interface Leave {
  type: "leave";
  reason: Leaving;
}

export type Leaving = "closed" | "declined" | "secrets_differ" | "failed";

export interface Ping {
  type: "ping";
}

export type FromApplet = Enter | Return | AcceptTerms | AppletSignal | SigningKey | Leave | Ping;
export const APPLET_PATH = "/ws/applet";
export const MAX_SIGNAL_BYTES = 16_384;
export const MAX_TO_APPLET_BYTES = 2_097_152;
export const REFUSALS = ["not_served", "closed", "no_one_there", "no_answers", "unknown", "expired", "used", "cancelled", "too_many", "busy", "ended", "bad_message"] as const;
export const CUSTOMER_KINDS = ["program", "page"] as const;
