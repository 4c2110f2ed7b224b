/**
 * What the worker tells the page, and what the customer may ask of it, as applet/session/ui_state.py.
 *
 * The worker makes a new UiState whenever something changed. The page shows it and keeps nothing. It crosses a
 * `postMessage`, so it holds plain data only. Times are milliseconds since 1970 by this computer's clock.
 */

import type { CustomersCause } from "@deskside/codec/session/diagnosis";
import type { Access } from "@deskside/codec/wire/access.gen";
import type { CameraWish, Facing, Mark } from "@deskside/codec/wire/messages.gen";
import type { Refusal } from "@deskside/codec/wire/signals.gen";
import type { Interruption } from "./interruption.ts";

/** Where the customer is. */
export type Stage = "entry" | "entering" | "waiting" | "together" | "ended";

/** Why what was entered does not lead into a session. Each has one sentence. */
export type Problem =
  | Refusal
  | "not_digits"
  | "not_whole"
  /** As before, of a PIN that has nine digits. */
  | "not_whole_nine"
  | "too_long"
  | "not_a_link"
  | "half_a_link"
  | "not_extra_digits"
  | "no_guess_left"
  /** The link belongs to another address than this page's: open the link itself. */
  | "other_relay";

/** Terms of the organisation, to accept or decline. `scroll`: only after they were seen to their end. */
export interface Terms {
  text: string;
  scroll: boolean;
}

/** One line of the conversation. `mine` is the customer's own. An empty one: from then on `by` is the technician. */
export interface ChatLine {
  text: string;
  mine: boolean;
  by?: string;
  at: number;
  /** Whether it is the address of a page that the technician sends, and nothing else. */
  link?: boolean;
}

/** How long something lasted. `to` is null while it does. */
export interface Period {
  from: number;
  to: number | null;
}

/**
 * What the customer is asked now. `offers` may all be allowed in the answer.
 *
 * `serial` is the worker's own count of questions: an answer names it, and no console can choose it.
 */
export interface Question {
  serial: number;
  access: Access;
  offers: readonly Access[];
  /** Whether the question must say that what is seen is recorded. */
  records: boolean;
  /** Whether seeing and recording are allowed together or not at all. */
  isOneAnswer: boolean;
}

/** What the browser shows: a whole screen, one window, one tab, which Firefox does not say; or what a camera sees. */
export type Surface = "monitor" | "window" | "browser" | "unknown" | "camera";

/** What can be done with the camera that is shown. `torch` and `zoom` are null where it has none. */
export interface CameraFacts {
  facing: Facing;
  /** How many there are to switch between. */
  cameras: number;
  torch: boolean | null;
  zoom: { min: number; max: number; step: number; now: number } | null;
  /** Whether the browser gives no picture at the moment. */
  interrupted: boolean;
}

/** How the camera is. */
export interface CameraState extends CameraFacts {
  /** Since when its picture stands still on both sides, null while it moves. */
  frozenSince: number | null;
  /** Whether it was the technician who froze it. */
  byTechnician: boolean;
  /** What the technician asks the customer to do with it. */
  wish: CameraWish | null;
  /** What became of the last photo. */
  photo: "sent" | "failed" | null;
}

/** What is being shown. */
export interface SharedSurface {
  surface: Surface;
  width: number;
  height: number;
  since: number;
}

/**
 * Why the browser's picker led to nothing. The question is still open, so the customer may choose again.
 *
 * `cancelled`: they closed it. `denied`: browser or system forbid it, and will again. `failed`: what they chose cannot
 * be read. `unsupported`: this browser cannot show it at all. `no_camera`: there is none. `busy`: another program has it.
 */
export type PickerTrouble = "cancelled" | "denied" | "failed" | "unsupported" | "no_camera" | "busy" | "not_loaded";

/**
 * How the last sharing ended. `stopped`: by Stop. `by_browser`: by the browser's own button, or what was shown is gone.
 * `by_technician`: their console gave it back, because they wanted or because its page was closed. `failed`: it could not be read.
 */
export type SharingEnd = "stopped" | "by_browser" | "by_technician" | "failed";

/** What a customer who waits is told: how long others waited lately on average, or their place in the queue. */
export interface Wait {
  seconds: number | null;
  position: number | null;
  /** Whether anyone serves the channel that they came through. */
  served: boolean;
}

/** A place on what is shown, as parts of its width and height. */
export interface Place {
  x: number;
  y: number;
}

/** Everything that the customer should see now. `problem` and `ending` are words, each has one sentence. */
export interface UiState {
  stage: Stage;
  problem: Problem | null;
  retrySeconds: number | null;
  /** The address that the organisation wants customers to see instead of waiting, empty where there is none. */
  page: string;
  /** When the working hours begin outside which the customer waits, null where it is not told. */
  opensAt: number | null;
  /** What is told of the wait, null before anything was. */
  wait: Wait | null;
  /** Whether the customer came through a channel, so that the two may not be on the phone. */
  isByChannel: boolean;
  /** What must be accepted before any technician may begin. */
  terms: Terms | null;
  /** Why nothing is seen at the moment, though the session goes on. */
  interruption: Interruption | null;
  /** Whom it is being handed over to, empty where that is not known. */
  handedTo: string;
  technician: string;
  organisation: string;
  /** What the organisation calls this page, empty where it has no name of its own. */
  application: string;
  /** Whether there is a way to the technician at this moment. */
  online: boolean;
  /** Whether there has been none for so long that the customer should know that the technician may not come back. */
  away: boolean;
  /** Whether the relay could be reached when it was last tried: where it cannot, it is not the technician who is away. */
  reachesRelay: boolean;
  words: readonly string[];
  /** Whether these words replaced others in this session: what was compared before says nothing of them. */
  wordsChanged: boolean;
  /** Which attempt to agree on a key is under way, or was the last. More than one is worth a look. */
  attempt: number;
  /** Whether a secret has proven who is at the other end, so that no words need be compared. */
  vouched: boolean;
  /** Whether the technician's PIN has extra digits that were not entered yet. */
  needsDigits: boolean;
  /** What the technician may ask for: no more than this browser can show. */
  mayAsk: readonly Access[];
  question: Question | null;
  /** Why the browser's picker led to nothing since the question came. */
  pickerTrouble: PickerTrouble | null;
  granted: readonly Access[];
  /** What is shown, while it is granted. */
  sharing: SharedSurface | null;
  /** Why the technician sees it late or blurred, as far as the customer can help it; null while all is well. */
  slowBecause: CustomersCause | null;
  /** The camera, while it is what is shown. */
  camera: CameraState | null;
  /** Whether it was a camera that was shown last. */
  wasCamera: boolean;
  /** What the technician has drawn over the camera's picture. */
  marks: readonly Mark[];
  /** Where the technician points on it at this moment. */
  pointedAt: Place | null;
  /** How the last sharing ended, until there is another one. */
  sharingEnd: SharingEnd | null;
  chat: readonly ChatLine[];
  /** Whether earlier lines are no longer in `chat`. */
  chatIsCut: boolean;
  /** How many of the customer's last lines the technician's program has not confirmed. */
  unconfirmed: number;
  /** Whether the two can write to each other. */
  chatOn: boolean;
  /** Whether the organisation keeps what they write. */
  chatKept: boolean;
  technicianTypes: boolean;
  beganAt: number | null;
  endedAt: number | null;
  /** What opens the survey, once the session is over. */
  survey: string;
  /** Why the session is over: `endingSentence` has one for each. */
  ending: string | null;
  /** What was allowed at some time: `view` is the screen, `camera` the camera. */
  allowedOnce: readonly Access[];
  /** How many photos were sent. */
  photosSent: number;
  /** When the technician's side recorded. The last one may still go on. */
  recordings: readonly Period[];
}

/** What is true before anything has happened. */
export const FRESH: UiState = {
  stage: "entry",
  problem: null,
  retrySeconds: null,
  page: "",
  opensAt: null,
  wait: null,
  isByChannel: false,
  terms: null,
  interruption: null,
  handedTo: "",
  technician: "",
  organisation: "",
  application: "",
  online: true,
  away: false,
  reachesRelay: true,
  words: [],
  wordsChanged: false,
  attempt: 1,
  vouched: false,
  needsDigits: false,
  mayAsk: [],
  question: null,
  pickerTrouble: null,
  granted: [],
  sharing: null,
  slowBecause: null,
  camera: null,
  wasCamera: false,
  marks: [],
  pointedAt: null,
  sharingEnd: null,
  chat: [],
  chatIsCut: false,
  unconfirmed: 0,
  chatOn: true,
  chatKept: false,
  technicianTypes: false,
  beganAt: null,
  endedAt: null,
  survey: "",
  ending: null,
  allowedOnce: [],
  photosSent: 0,
  recordings: [],
};

/** Return since when the technician's side records, null while it does not. */
export function recordingSince({ recordings }: UiState): number | null {
  const last = recordings.at(-1);
  return last?.to === null ? last.from : null;
}

/** A PIN (with or without its extra digits) or a link was entered. */
export interface EnterCode {
  type: "enter_code";
  typed: string;
}

/** The extra digits of a PIN were entered. */
export interface EnterDigits {
  type: "enter_digits";
  typed: string;
}

/**
 * The customer's answer to the question with this serial. An empty list is no.
 *
 * A yes to a question that offers `view` opens the browser's picker first: see `JoinSession.decide` in src/page.ts.
 */
export interface Decide {
  type: "decide";
  serial: number;
  allowed: readonly Access[];
}

/** Stop everything at once. */
export interface Stop {
  type: "stop";
}

/** The customer wrote a line. */
export interface Say {
  type: "say";
  text: string;
}

/** The customer is writing, or has stopped. */
export interface Types {
  type: "types";
  on: boolean;
}

/** The customer lets the camera's picture stand still on both sides, or lets it go on. */
export interface Freeze {
  type: "freeze";
  on: boolean;
}

/** The customer does not do now what the technician asks for. */
export interface NotNow {
  type: "not_now";
}

/** The customer accepts the terms, or declines them. */
export interface AnswerTerms {
  type: "accept_terms" | "decline_terms";
}

/** The customer ends the session. Afterwards another code may be entered. */
export interface Leave {
  type: "leave";
}

export type Intent = EnterCode | EnterDigits | AnswerTerms | Decide | Stop | Say | Types | Freeze | NotNow | Leave;
