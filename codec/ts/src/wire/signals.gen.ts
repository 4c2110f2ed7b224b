// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

import type { Code, Person, RecordingRules, Session } from "./apiTypes.gen.ts";

export interface Desk {
  type: "desk";
  person: Person;
  organisation: string;
  customer_page: string;
  sessions: Session[];
  codes: Code[];
  functions?: string[];
  recording?: RecordingRules;
  stamp_key?: string;
  systems?: string[] | null;
  now?: string | null;
}

export interface SessionChanged {
  type: "session";
  session: Session;
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

export type Refusal = "unknown" | "expired" | "used" | "cancelled" | "too_many" | "busy" | "ended" | "bad_message";

