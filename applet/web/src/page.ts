/** The page's side of a session: what the views use. See src/wire/page.ts for what it says to the worker. */

import { servePeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import type { Access } from "@deskside/codec/wire/access.gen";
import { PHOTO_BYTES } from "@deskside/codec/wire/messages.gen";
import type { CameraCapture } from "./capture/camera.ts";
import { NotCapturedError, ScreenCapture } from "./capture/screen.ts";
import type { TrackCapture } from "./capture/track.ts";
import { computerName, systemName } from "./machine.ts";
import { FRESH, type Intent, type UiState } from "./session/uiState.ts";
import { isCodeOf } from "./state/address.ts";
import { hasNews, keptVisit, readVisit, readWrongSecrets } from "./state/kept.ts";
import { VisitLock } from "./state/visitLock.ts";
import type { Photo } from "./tools/camera.ts";
import type { FromPage, KeptVisit, ToPage, WayBack } from "./wire/page.ts";

/** In the tab, as long as a session lives. */
const VISIT = "deskside.visit";
/** In the browser, for a day. */
const WRONG_SECRETS = "deskside.wrongSecrets";

/** One customer's page. It lives as long as the page does: one session may follow another. */
export interface JoinSession {
  /** What the customer should see now. */
  readonly state: UiState;
  /** Call `changed` at once and at every change, until the returned function is called. */
  subscribe(changed: (state: UiState) => void): () => void;
  /** Ask something of the session. A yes goes through `decide`. */
  intent(intent: Exclude<Intent, { type: "decide" }>): void;
  /**
   * Answer the open question. Call it directly in the handler of a click: where the yes includes `view` and nothing is
   * shown yet, it opens the browser's picker, which needs the gesture. Resolves when the worker has the answer.
   */
  decide(serial: number, allowed: readonly Access[]): Promise<void>;
  /** Show something else in the place of what is shown. Call it directly in the handler of a click. */
  showAnother(): Promise<void>;
  /** What is shown, for a preview; null while nothing is. */
  readonly stream: MediaStream | null;
  /** What stands still in the place of the camera's picture, null while that moves. */
  readonly held: VideoFrame | null;
  /** The camera that is shown, null where none is. */
  readonly camera: CameraCapture | null;
  /** Show another camera in the place of this one. */
  switchCamera(): Promise<void>;
  /** Take a photo with the camera, or of what stands still, and send it. */
  takePhoto(): Promise<void>;
}

/**
 * Begin, with what this browser can do. A tab that was reloaded during a session goes back into it, unless its address
 * brings the code of another one: then that session is left. Call it once for each page.
 */
export async function openSession(means: readonly string[], code: string | null): Promise<JoinSession> {
  const lock = new VisitLock();
  const visit = readVisit(kept(inTab, VISIT));
  const isOurs = visit !== null && (await lock.claim(visit));
  const isAnother = isOurs && code !== null && !isCodeOf(code, location.origin, visit);
  if (isAnother) lock.release();
  const goesOn = isOurs && !isAnother;
  if (!goesOn) keep(inTab, VISIT, null); // or it is a duplicate of a tab that is still there
  return new WorkerSession(means, goesOn ? visit : null, isAnother ? visit.ticket : null, lock);
}

class WorkerSession implements JoinSession {
  state: UiState = FRESH;
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly watching = new Set<(state: UiState) => void>();
  private capture: TrackCapture | null = null;
  held: VideoFrame | null = null;
  private wakeLock: Promise<WakeLockSentinel | null> | null = null;
  private number = 0;
  private isChoosing = false;
  private wayBack: WayBack | null = null;

  constructor(
    means: readonly string[],
    visit: KeptVisit | null,
    leaves: string | null,
    private readonly lock: VisitLock,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<ToPage>) => this.take(data);
    const peers = typeof RTCPeerConnection === "function" ? new MessageChannel() : null;
    if (peers !== null) servePeerConnections(peers.port1, (iceServers) => new RTCPeerConnection({ iceServers }));
    if (visit !== null) {
      const { pin, routing, channel, secret, ticket, ...soFar } = visit;
      this.state = { ...FRESH, ...soFar, stage: "entering" };
    }
    const start: FromPage = {
      type: "start",
      relay: location.origin,
      computer: computerName(navigator),
      system: systemName(navigator),
      language: navigator.language.split("-")[0] ?? "en",
      means,
      peers: peers?.port2 ?? null,
      kept: visit,
      leaves,
      wrongSecrets: readWrongSecrets(kept(inBrowser, WRONG_SECRETS)),
    };
    this.say(start, peers === null ? [] : [peers.port2]);
    window.addEventListener("online", () => this.say({ type: "network_changed" }));
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || this.camera === null) return;
      this.wakeLock = null; // the browser has let go of it
      this.stayAwake();
    });
  }

  get stream(): MediaStream | null {
    return this.capture?.stream ?? null;
  }

  subscribe(changed: (state: UiState) => void): () => void {
    this.watching.add(changed);
    changed(this.state);
    return () => this.watching.delete(changed);
  }

  intent(intent: Exclude<Intent, { type: "decide" }>): void {
    // What takes something back holds at once, whatever the worker is busy with.
    if (intent.type === "stop" || intent.type === "leave") this.letGo();
    this.say({ type: "intent", intent });
  }

  async decide(serial: number, allowed: readonly Access[]): Promise<void> {
    if (allowed.includes("camera")) {
      await this.choose(serial, allowed, () => this.openCamera());
    } else if (!allowed.includes("view") || this.capture !== null) {
      this.say({ type: "intent", intent: { type: "decide", serial, allowed } });
    } else {
      await this.choose(serial, allowed, () => ScreenCapture.choose());
    }
  }

  async showAnother(): Promise<void> {
    await this.choose(null, [], () => ScreenCapture.choose());
  }

  private async choose(
    serial: number | null,
    allowed: readonly Access[],
    open: () => Promise<TrackCapture>,
  ): Promise<void> {
    if (this.isChoosing) return;
    this.isChoosing = true;
    try {
      this.display(await open(), serial, allowed);
    } catch (error) {
      if (!(error instanceof NotCapturedError)) throw error;
      this.say({ type: "not_captured", serial, trouble: error.trouble });
    } finally {
      this.isChoosing = false;
    }
  }

  /** Show this from now on, in the place of what is shown. */
  private display(capture: TrackCapture, serial: number | null, allowed: readonly Access[]): void {
    this.letGo();
    this.capture = capture;
    this.number += 1;
    const number = this.number;
    capture.ended = () => void this.ended(capture, number);
    capture.changed = () => {
      if (capture.facts !== null) this.say({ type: "camera", capture: number, facts: capture.facts });
    };
    const source = capture.source();
    const { surface, facts: camera } = capture;
    if (camera !== null) this.stayAwake();
    const message: FromPage = { type: "captured", capture: number, serial, allowed, surface, source, camera };
    this.say(message, source.kind === "stream" ? [source.frames] : []);
  }

  /** Open a camera. What only a camera needs is loaded now. */
  private async openCamera(which?: MediaTrackConstraints): Promise<CameraCapture> {
    const { CameraCapture } = await import("./capture/camera.ts").catch(() => {
      throw new NotCapturedError("not_loaded");
    });
    return CameraCapture.open(which);
  }

  get camera(): CameraCapture | null {
    return this.capture?.surface === "camera" ? (this.capture as CameraCapture) : null;
  }

  async switchCamera(): Promise<void> {
    const { camera } = this;
    if (camera === null) return;
    const { next, same } = camera;
    camera.end(); // a phone has one of its cameras open at a time
    await this.reopen(camera, [next, same]);
  }

  async takePhoto(): Promise<void> {
    const { camera } = this;
    if (camera === null) return;
    const { jpegOf } = await import("./capture/camera.ts");
    let photo: Photo | null = null;
    try {
      const picture = this.held?.clone() ?? (await camera.photo());
      photo = await jpegOf(picture, PHOTO_BYTES);
      picture.close();
    } catch (error) {
      console.warn("no photo was taken", error);
    }
    this.say({ type: "photo", photo }, photo === null ? [] : [photo.jpeg.buffer as ArrayBuffer]);
  }

  /** The browser has ended a capture. A phone takes the camera from a page that is not in front: then it is opened again. */
  private async ended(capture: TrackCapture, number: number): Promise<void> {
    if (capture !== this.capture) return;
    const { camera } = this;
    if (camera !== null && document.hidden) {
      camera.interrupt(true);
      await visible();
      if (camera !== this.camera) return;
      await this.reopen(camera, [camera.same]);
      return;
    }
    this.letGo();
    this.say({ type: "capture_ended", capture: number });
  }

  /** Show the first of these cameras that can be opened in the place of one that has ended. */
  private async reopen(former: CameraCapture, cameras: readonly MediaTrackConstraints[]): Promise<void> {
    const { number } = this;
    for (const which of cameras) {
      try {
        const camera = await this.openCamera(which);
        if (this.capture === former) this.display(camera, null, []);
        else camera.end(); // Stop was pressed meanwhile
        return;
      } catch (error) {
        if (!(error instanceof NotCapturedError)) throw error;
      }
    }
    if (this.capture !== former) return;
    this.letGo();
    this.say({ type: "capture_ended", capture: number });
  }

  /** While a camera is shown, the phone's screen stays on. */
  private stayAwake(): void {
    this.wakeLock ??= navigator.wakeLock?.request("screen").catch(() => null) ?? null;
  }

  private letGo(): void {
    this.capture?.end();
    this.capture = null;
    this.hold(null);
    void this.wakeLock?.then((lock) => lock?.release());
    this.wakeLock = null;
  }

  private hold(frame: VideoFrame | null): void {
    this.held?.close();
    this.held = frame;
  }

  private take(message: ToPage): void {
    switch (message.type) {
      case "state": {
        const before = this.state;
        this.state = message.state;
        for (const changed of this.watching) changed(message.state);
        if (this.wayBack !== null && hasNews(before, message.state)) this.keepVisit(this.wayBack);
        this.say({ type: "state_taken" });
        break;
      }
      case "release_capture":
        if (message.capture === this.number) this.letGo();
        break;
      case "show_held":
        this.hold(message.frame);
        break;
      case "frame_please": {
        const frame = message.capture === this.number ? (this.capture?.frame() ?? null) : null;
        this.say({ type: "frame", capture: message.capture, frame }, frame === null ? [] : [frame]);
        break;
      }
      case "keep_visit":
        this.wayBack = message.visit;
        if (message.visit === null) {
          keep(inTab, VISIT, null);
          this.lock.release();
        } else {
          this.keepVisit(message.visit);
          void this.lock.claim(message.visit);
        }
        break;
      case "keep_wrong_secrets":
        keep(inBrowser, WRONG_SECRETS, message.codes);
        break;
    }
  }

  private keepVisit(wayBack: WayBack): void {
    keep(inTab, VISIT, keptVisit(wayBack, this.state));
  }

  private say(message: FromPage, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

/** Resolves as soon as the page is in front. */
function visible(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

/** Where something is kept. A browser that keeps nothing for pages throws as soon as it is named. */
const inTab = () => sessionStorage;
const inBrowser = () => localStorage;

/** Return what was kept, null where there is nothing or the browser keeps nothing for pages. */
function kept(place: () => Storage, name: string): string | null {
  try {
    return place().getItem(name);
  } catch {
    return null;
  }
}

function keep(place: () => Storage, name: string, value: object | null): void {
  try {
    if (value === null) place().removeItem(name);
    else place().setItem(name, JSON.stringify(value));
  } catch {
    return; // the browser keeps nothing for pages: a reload starts a new visit
  }
}
