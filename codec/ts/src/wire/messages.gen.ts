// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

import type { Access } from "./access.gen.ts";

export interface Chat {
  kind: "chat";
  number: number;
  text: string;
  at: number;
}

export interface Typing {
  kind: "typing";
  on: boolean;
}

export interface ClipboardText {
  kind: "clipboard_text";
  text: string;
}

export interface ClipboardTooLong {
  kind: "clipboard_too_long";
  size: number;
}

export interface Offer {
  kind: "offer";
  attempt: number;
  sdp: string;
}

export interface Answer {
  kind: "answer";
  attempt: number;
  sdp: string;
}

export interface Bye {
  kind: "bye";
  reason: Ending;
}

export type Ending = "customer" | "technician" | "protocol" | "lost" | "failed";

export interface Ask {
  kind: "ask";
  number: number;
  access: Access;
  record?: boolean;
}

export interface Withdraw {
  kind: "withdraw";
  number: number;
}

export interface Release {
  kind: "release";
  access: Access;
}

export interface HandOver {
  kind: "hand_over";
}

export interface SwitchChat {
  kind: "switch_chat";
  on: boolean;
}

export interface SendUrl {
  kind: "send_url";
  url: string;
  at: number;
}

export interface Watch {
  kind: "watch";
  display: number | null;
  films?: boolean;
  packets?: number;
}

export interface Refresh {
  kind: "refresh";
  display: number;
}

export interface Shown {
  kind: "shown";
  display: number;
  number: number;
}

export interface Recording {
  kind: "recording";
  since: number | null;
}

export interface SignHead {
  kind: "sign_head";
  number: number;
  digest: Uint8Array;
}

export interface PointerMove {
  kind: "pointer_move";
  display: number;
  x: number;
  y: number;
}

export interface PointerButton {
  kind: "pointer_button";
  display: number;
  x: number;
  y: number;
  button: number;
  down: boolean;
}

export interface PointerWheel {
  kind: "pointer_wheel";
  display: number;
  x: number;
  y: number;
  across?: number;
  along?: number;
}

export interface Key {
  kind: "key";
  down: boolean;
  code: string;
  symbol: string;
  text?: string;
  modifiers?: number;
}

export interface Point {
  kind: "point";
  display: number;
  x: number;
  y: number;
  on?: boolean;
}

export interface CameraRequest {
  kind: "camera_request";
  wish: CameraWish;
}

export type CameraWish = "photo" | "switch" | "torch_on" | "torch_off";

export interface Freeze {
  kind: "freeze";
  on: boolean;
}

export interface Mark {
  kind: "mark";
  number: number;
  shape: Shape;
  points: number[];
}

export type Shape = "pen" | "arrow" | "rectangle";

export interface ClearMarks {
  kind: "clear_marks";
}

export interface ReleaseKeys {
  kind: "release_keys";
}

export interface StillHeld {
  kind: "still_held";
}

export interface TypeText {
  kind: "type_text";
  text: string;
}

export interface Computer {
  kind: "computer";
  version: number;
  name: string;
  system: string;
  language: string;
  keyboard?: string;
  stop_key?: string;
  signing_key?: Uint8Array;
}

export interface Displays {
  kind: "displays";
  displays: Display[];
}

export interface Display {
  id: number;
  name: string;
  x: number;
  y: number;
  width: number;
  height: number;
  scale?: number;
  primary?: boolean;
}

export interface Granted {
  kind: "granted";
  access: Access[];
}

export interface Asking {
  kind: "asking";
  number: number;
}

export interface Answered {
  kind: "answered";
  number: number;
  allowed: boolean;
  permitted?: boolean;
}

export interface ChatState {
  kind: "chat_state";
  on: boolean;
}

export interface Stopped {
  kind: "stopped";
  by_key: boolean;
}

export interface Picture {
  kind: "picture";
  display: number;
  number: number;
  packet: Uint8Array;
}

export interface PointerShape {
  kind: "pointer_shape";
  width: number;
  height: number;
  hot_x: number;
  hot_y: number;
  pixels: Uint8Array;
}

export interface PointerAt {
  kind: "pointer_at";
  display: number;
  x: number;
  y: number;
}

export interface Stats {
  kind: "stats";
  waits_ms: number;
  encode_ms: number;
  dark?: boolean;
  rate_kbit?: number | null;
  busy_percent?: number | null;
}

export interface Camera {
  kind: "camera";
  facing?: Facing;
  cameras?: number;
  torch?: boolean | null;
  frozen?: boolean;
  by_technician?: boolean;
  interrupted?: boolean;
}

export type Facing = "front" | "back" | "";

export interface Photo {
  kind: "photo";
  number: number;
  at: number;
  width: number;
  height: number;
  jpeg: Uint8Array;
}

export interface CameraDeclined {
  kind: "camera_declined";
  wish: CameraWish;
}

export interface Notice {
  kind: "notice";
  trouble: Trouble;
  on: boolean;
  detail?: string;
  cause?: string;
  lasting?: boolean;
}

export type Trouble = "display_lost" | "capture_failed" | "input_failed" | "customer_has_hands_on" | "cannot_type" | "clipboard_failed" | "cannot_point" | "secure_desktop";

export interface SignedHead {
  kind: "signed_head";
  number: number;
  digest: Uint8Array;
  signature: Uint8Array;
}

export type SessionMessage = Chat | Typing | ClipboardText | ClipboardTooLong | Offer | Answer | Bye | Ask | Withdraw | Release | HandOver | SwitchChat | SendUrl | Watch | Refresh | Shown | Recording | SignHead | PointerMove | PointerButton | PointerWheel | Key | Point | CameraRequest | Freeze | Mark | ClearMarks | ReleaseKeys | StillHeld | TypeText | Computer | Displays | Granted | Asking | Answered | ChatState | Stopped | Picture | PointerShape | PointerAt | Stats | Camera | Photo | CameraDeclined | Notice | SignedHead;
export type PageMessage = Typing | ClipboardText | ClipboardTooLong | Ask | Withdraw | Release | SwitchChat | SendUrl | Watch | Refresh | Shown | PointerMove | PointerButton | PointerWheel | Key | Point | CameraRequest | Freeze | Mark | ClearMarks | ReleaseKeys | StillHeld | TypeText;
export const VERSION = 2;
export const CHAT_CHARACTERS = 4_000;
export const URL_CHARACTERS = 2_000;
export const SENT_URL = "^https?://[A-Za-z0-9._:-]+([/?#][!-~]*)?$";
export const CLIPBOARD_BYTES = 1_048_576;
export const TYPED_CHARACTERS = 10_000;
export const PHOTO_BYTES = 8_388_608;
export const MARK_POINTS = 512;
export const POSITIONS = 65_536;
export const WHEEL_NOTCH = 120;
export const MAX_WHEEL = 12_000;
export const Modifier = { SHIFT: 1, CONTROL: 2, ALT: 4, META: 8, ALT_GRAPH: 16, CAPS_LOCK: 32, NUM_LOCK: 64 } as const;
