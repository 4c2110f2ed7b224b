// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

import type { CustomerKind } from "./signals.gen.ts";

export interface Person {
  id: number;
  email: string;
  name: string;
  nickname: string;
}

export interface Session {
  id: number;
  state: SessionState;
  name: string;
  made_at: string;
  since: string;
  method?: Method | null;
  code?: number;
  channel?: Channel | null;
  technician?: string;
  holder?: number;
  began?: string | null;
  fields?: string[];
  ending?: Ended;
  pin?: string | null;
  computer?: string;
  system?: string;
  kind?: CustomerKind;
  means?: string[];
  session_type?: SessionType;
  console?: string | null;
  customer_present?: boolean;
  page_closed?: boolean;
  leg?: number;
  transfer?: Transfer | null;
  notes?: string;
  has_secret?: boolean;
}

export type SessionState = "connecting" | "waiting" | "active" | "on_hold" | "transferring" | "reconnecting" | "offline" | "disconnected" | "transferred" | "closed_by_customer" | "closed_by_technician" | "closed_by_waiting_customer" | "timed_out" | "refused_by_customer" | "aborted_technician_removed";

export type Method = "pin" | "link" | "email" | "sms";

export interface Channel {
  id: number;
  name: string;
}

export type Ended = "" | "wrong_secret" | "page_closed" | "administrator";

export type SessionType = "standard" | "chat" | "lens";

export interface Transfer {
  by: string;
  by_person: number;
  former?: number;
  source?: number;
  kind: TargetKind;
  target: number;
  to: string;
  comment: string;
  at: string;
  minutes?: number;
  outcome?: TransferOutcome;
  ended_by?: string;
}

export type TargetKind = "technician" | "group" | "channel";

export type TransferOutcome = "" | "picked_up" | "declined" | "timed_out" | "taken_back" | "transferred_again" | "ended";

export interface Code {
  id: number;
  method: Method;
  state: CodeState;
  name: string;
  made_at: string;
  expires_at: string;
  pin?: string | null;
  path?: string | null;
  misses?: number;
  session?: number | null;
  session_type?: SessionType;
  fields?: string[];
  delivery?: Delivery | null;
}

export type CodeState = "issued" | "used" | "expired" | "cancelled" | "burnt";

export interface Delivery {
  to: string;
  state: DeliveryState;
  problem?: string;
  number?: number;
}

export type DeliveryState = "queued" | "sent" | "refused";

export interface RecordingRules {
  forced?: boolean;
  consent?: boolean;
  go_on_without?: boolean;
  format?: string;
  location?: string;
  user?: string;
  password?: string;
  deferred?: boolean;
  keep_days?: number;
}

export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

export interface TransferTargets {
  groups: TargetGroup[];
  channels: Channel[];
}

export interface TargetGroup {
  id: number;
  name: string;
  whole: boolean;
  technicians: TargetTechnician[];
}

export interface TargetTechnician {
  id: number;
  name: string;
}

export interface NewTransfer {
  kind: TargetKind;
  target: number;
  comment?: string;
}

export const MAX_NOTES = 1_024;
export const SESSION_STATES = ["connecting", "waiting", "active", "on_hold", "transferring", "reconnecting", "offline", "disconnected", "transferred", "closed_by_customer", "closed_by_technician", "closed_by_waiting_customer", "timed_out", "refused_by_customer", "aborted_technician_removed"] as const;
export const FINAL_STATES = ["transferred", "closed_by_customer", "closed_by_technician", "closed_by_waiting_customer", "timed_out", "refused_by_customer", "aborted_technician_removed"] as const;
export const MAX_COMMENT = 128;
