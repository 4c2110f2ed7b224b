/**
 * What the page and its worker say to each other. Session, keys and encoder are in the worker, because a page that is
 * not in front gets no timers and no frames. The page has what a worker cannot have: the browser's picker,
 * RTCPeerConnection, and storage.
 */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { CameraFacts, Intent, PickerTrouble, Surface, UiState } from "../session/uiState.ts";
import type { Photo } from "../tools/camera.ts";

/** What leads back into a session. */
export interface WayBack {
  pin: string | null;
  routing: string | null;
  channel: number | null;
  secret: string | null;
  ticket: string;
}

/** What a session was so far: what its page and its receipt must still say after a reload. */
export type SoFar = Pick<
  UiState,
  | "technician"
  | "organisation"
  | "beganAt"
  | "allowedOnce"
  | "photosSent"
  | "recordings"
  | "chat"
  | "chatIsCut"
  | "unconfirmed"
>;

/** What a tab keeps over a reload (sessionStorage), as long as its session lives. */
export type KeptVisit = WayBack & SoFar;

/** How often a code's secret did not fit here, as applet/session/wrong_secrets.py. `code` is a digest. */
export interface WrongSecret {
  code: string;
  times: number;
  at: number;
}

// ── page to worker ─────────────────────────────────────────────────────────────────────────────────────────────────

/** The first message. */
export interface Start {
  type: "start";
  /** Scheme and host of the relay, which served this page. */
  relay: string;
  /** What this computer is called, its system as people call it, and the language of its user. */
  computer: string;
  system: string;
  language: string;
  /** What can be done from here. */
  means: readonly string[];
  /** Where the page makes RTCPeerConnections for the worker; null where the browser has none. */
  peers: MessagePort | null;
  kept: KeptVisit | null;
  /** The ticket of a session that this tab was in, to be left for another one; null where there is none. */
  leaves: string | null;
  wrongSecrets: WrongSecret[];
}

export interface Intended {
  type: "intent";
  intent: Intent;
}

/** Where the worker finds the frames: in a stream that the browser writes (Chromium), or one by one from the page. */
export type FrameSource = { kind: "stream"; frames: ReadableStream<VideoFrame> } | { kind: "page" };

/**
 * The customer said yes to the question with this serial and chose something to show. `capture` numbers what was
 * chosen. Without a serial something else is shown in the place of what is shown already.
 */
export interface Captured {
  type: "captured";
  capture: number;
  serial: number | null;
  allowed: readonly Access[];
  surface: Surface;
  source: FrameSource;
  /** What can be done with it, where it is a camera. */
  camera: CameraFacts | null;
}

/** Something about the camera that is shown has changed. */
export interface CameraChanged {
  type: "camera";
  capture: number;
  facts: CameraFacts;
}

/** The customer took a photo, null where that failed. */
export interface PhotoTaken {
  type: "photo";
  photo: Photo | null;
}

/** The customer said yes, and the picker led to nothing. */
export interface NotCaptured {
  type: "not_captured";
  serial: number | null;
  trouble: PickerTrouble;
}

/** The browser has ended a capture: the customer used its own button, or what was shown is gone. */
export interface CaptureEnded {
  type: "capture_ended";
  capture: number;
}

/** The answer to `FramePlease`; null where there is none yet. The worker closes it. */
export interface PageFrame {
  type: "frame";
  capture: number;
  frame: VideoFrame | null;
}

/** The page has taken a `StateChanged`: it gets the next one only after this. */
export interface StateTaken {
  type: "state_taken";
}

/** The browser says that the network came back, or became another one. */
export interface NetworkChanged {
  type: "network_changed";
}

export type FromPage =
  | Start
  | Intended
  | Captured
  | NotCaptured
  | CameraChanged
  | PhotoTaken
  | CaptureEnded
  | PageFrame
  | StateTaken
  | NetworkChanged;

// ── worker to page ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface StateChanged {
  type: "state";
  state: UiState;
}

/** Let go of this capture: the browser stops showing that the screen is shared. */
export interface ReleaseCapture {
  type: "release_capture";
  capture: number;
}

/** Show what stands still in the place of the camera's picture, null shows that again. The page closes it. */
export interface ShowHeld {
  type: "show_held";
  frame: VideoFrame | null;
}

/** Send what this capture shows now. */
export interface FramePlease {
  type: "frame_please";
  capture: number;
}

/** Keep this for a reload, in the place of what is kept, with what the session is so far; null forgets both. */
export interface KeepVisit {
  type: "keep_visit";
  visit: WayBack | null;
}

/** Keep these beyond the end of this tab. */
export interface KeepWrongSecrets {
  type: "keep_wrong_secrets";
  codes: WrongSecret[];
}

export type ToPage = StateChanged | ReleaseCapture | ShowHeld | FramePlease | KeepVisit | KeepWrongSecrets;
