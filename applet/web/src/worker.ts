/** Puts the customer's session together, in a worker: the only file that knows all of its parts. As applet/app.py. */

import encoderUrl from "@deskside/codec/encoder.wasm?url";
import { Encoder } from "@deskside/codec/picture/encoder";
import { WorkerPeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import type { Films } from "./capture/films.ts";
import { AskedFrames, type Frames, StreamedFrames } from "./capture/frames.ts";
import { ScreenShare } from "./capture/screenShare.ts";
import { Engine } from "./session/engine.ts";
import { leaveFormer } from "./session/former.ts";
import { StateTeller } from "./session/stateTeller.ts";
import { WrongSecrets } from "./session/wrongSecrets.ts";
import { makeTools } from "./tools/tools.ts";
import type { Captured, FromPage, Start, ToPage } from "./wire/page.ts";

/** As large as cameras are asked to be. */
const CAMERA = { width: 1280, height: 720 };

let running: Running | undefined;

self.onmessage = ({ data }: MessageEvent<FromPage>) => {
  if (data.type === "start") running = new Running(data);
  else running?.take(data);
};

/** One page's session. */
class Running {
  private readonly engine: Engine;
  private readonly states = new StateTeller((state) => say({ type: "state", state }));
  private readonly share: ScreenShare;
  private encoder: Encoder | null = null;
  /** Whether the encoder is being loaded. */
  private isLoading = false;
  /** Makes films; null where this browser writes none, undefined before something is shown that needs one. */
  private films: Films | null | undefined;
  private isLoadingFilms = false;
  private asked: { capture: number; frames: AskedFrames } | null = null;

  constructor(start: Start) {
    const now = () => performance.now() / 1000;
    this.share = new ScreenShare(
      () => {
        void this.loadEncoder(); // a camera that is no film
        return this.encoder;
      },
      () => {
        void this.loadFilms(); // a screen on a poor line
        return this.films;
      },
      (message) => this.engine.send(message),
      (size) => this.engine.sized(size),
      (error) => this.failed(error),
      now,
    );
    this.engine = new Engine({
      ...start,
      paths: start.peers === null ? null : new WorkerPeerConnections(start.peers),
      wrongSecrets: new WrongSecrets((codes) => say({ type: "keep_wrong_secrets", codes }), start.wrongSecrets),
      tools: (host) =>
        makeTools(
          host,
          this.share,
          (capture) => say({ type: "release_capture", capture }),
          (frame) => say({ type: "show_held", frame }, frame === null ? [] : [frame]),
        ),
      show: (state) => {
        // While the customer reads the question, what a yes needs is loaded.
        if (state.question?.access === "view") void this.loadEncoder();
        else if (state.question?.access === "camera") void this.loadFilms();
        this.states.tell(state);
      },
      keep: (visit) => say({ type: "keep_visit", visit }),
      release: (capture) => say({ type: "release_capture", capture }),
    });
    if (start.kept !== null) this.engine.resume(start.kept);
    if (start.leaves !== null) leaveFormer(start.relay, start.leaves);
  }

  take(message: Exclude<FromPage, Start>): void {
    switch (message.type) {
      case "intent":
        this.engine.intent(message.intent);
        break;
      case "captured": {
        const { serial, allowed, capture: number, surface, camera } = message;
        if (camera !== null) void this.loadFilms();
        this.engine.captured(serial, allowed, { number, surface, camera, frames: this.framesOf(message) });
        break;
      }
      case "camera":
        this.engine.cameraChanged(message.capture, message.facts);
        break;
      case "photo":
        this.engine.photoTaken(message.photo);
        break;
      case "not_captured":
        this.engine.notCaptured(message.serial, message.trouble);
        break;
      case "capture_ended":
        this.engine.captureEnded(message.capture);
        break;
      case "frame":
        if (this.asked?.capture === message.capture) this.asked.frames.take(message.frame);
        else message.frame?.close();
        break;
      case "state_taken":
        this.states.taken();
        break;
      case "network_changed":
        this.engine.networkChanged();
        break;
    }
  }

  private framesOf({ capture, source }: Captured): Frames {
    const changed = () => this.share.look();
    if (source.kind === "stream") return new StreamedFrames(source.frames, changed);
    const ask = () => say({ type: "frame_please", capture });
    const frames = new AskedFrames(ask, () => this.share.wants, changed);
    this.asked = { capture, frames };
    return frames;
  }

  /** Load the encoder of screens, once. Where that fails, the next one who needs it tries again. */
  private async loadEncoder(): Promise<void> {
    if (this.isLoading || this.encoder !== null) return;
    this.isLoading = true;
    try {
      this.encoder = Encoder.create(await WebAssembly.compileStreaming(fetch(encoderUrl)));
    } catch (error) {
      console.error("the encoder cannot be loaded", error);
      if (this.engine.uiState.sharing !== null) this.engine.captureFailed();
      return;
    } finally {
      this.isLoading = false;
    }
    this.share.look();
  }

  private async loadFilms(): Promise<void> {
    if (this.isLoadingFilms || this.films !== undefined) return;
    this.isLoadingFilms = true;
    try {
      const { filmsOf } = await import("./capture/films.ts");
      this.films = await filmsOf(CAMERA.width, CAMERA.height);
    } catch (error) {
      console.warn("films cannot be loaded", error);
      this.films = null;
    }
    this.share.look();
  }

  private failed(error: unknown): void {
    console.error("what is shown cannot be read", error);
    this.engine.captureFailed();
  }
}

function say(message: ToPage, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}
