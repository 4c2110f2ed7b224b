/** The picture of what the customer shows. */

import type { Access } from "@deskside/codec/wire/access.gen";
import { Lane } from "@deskside/codec/wire/lanes.gen";
import type { Refresh, Shown, Watch } from "@deskside/codec/wire/messages.gen";
import type { Frames } from "../capture/frames.ts";
import type { ScreenShare } from "../capture/screenShare.ts";
import type { CameraFacts, SharingEnd, Surface } from "../session/uiState.ts";
import { Tool, type ToolHost } from "./base.ts";
import { STATS_SECONDS } from "./picture.gen.ts";

/** What the customer has chosen to show. */
export interface Capture {
  number: number;
  surface: Surface;
  frames: Frames;
  /** What can be done with it, where it is a camera. */
  camera: CameraFacts | null;
}

/** See src/capture/screenShare.ts, which reads, encodes and paces. */
export class PictureTool extends Tool {
  private capture: Capture | null = null;
  private since = 0;
  /** What the last picture took that was there when stats were sent. */
  private toldLast: number | undefined;
  private telling: ReturnType<typeof setInterval> | undefined;

  /** `release` tells the page to let go of a capture. */
  constructor(
    host: ToolHost,
    private readonly share: ScreenShare,
    private readonly release: (capture: number) => void,
  ) {
    super(host);
  }

  override take(message: Watch | Refresh | Shown): void {
    if (message.kind === "watch") this.share.watch(message.display, message.packets ?? 0, message.films ?? false);
    else if (message.kind === "refresh") this.share.refresh(message.display);
    else this.share.shown(message.display, message.number);
  }

  /** Show this from now on. The customer has allowed that, or is just about to. */
  begin(capture: Capture): void {
    if (this.capture === null) this.since = Date.now();
    else this.drop(this.capture); // something else in its place: the customer goes on showing
    this.capture = capture;
  }

  /** Whether there is something to show. */
  get isReady(): boolean {
    return this.capture !== null;
  }

  /** Whether this is what is shown. */
  shows(capture: number): boolean {
    return this.capture?.number === capture;
  }

  /** See Tool. What waits to be sent and may no longer be is not sent. */
  override allow(granted: ReadonlySet<Access>): void {
    if (!granted.has("view")) {
      this.host.discard(Lane.PICTURE);
      this.letGo();
    }
  }

  /** The technician knows that view is granted: show what was captured. */
  start(): void {
    if (this.capture === null) return;
    this.telling ??= setInterval(() => void this.tellStats(), 1000 * STATS_SECONDS);
    this.share.show(this.capture.frames, { name: this.capture.surface, moves: this.capture.camera !== null });
    this.host.show({ ...this.host.uiState, sharingEnd: null });
  }

  /** So large is what is shown. */
  sized(size: { width: number; height: number }): void {
    if (this.capture === null) return;
    const { surface } = this.capture;
    const wasCamera = surface === "camera";
    this.host.show({ ...this.host.uiState, wasCamera, sharing: { surface, ...size, since: this.since } });
  }

  /** How the sharing ended, if there was any. */
  ended(by: SharingEnd): void {
    const { allowedOnce } = this.host.uiState;
    const wasSeen = allowedOnce.includes("view") || allowedOnce.includes("camera");
    if (wasSeen) this.host.show({ ...this.host.uiState, sharingEnd: by });
  }

  private async tellStats(): Promise<void> {
    const told = await import("./stats.ts").then(
      (stats) => stats.told,
      () => null, // the relay is away for a moment
    );
    if (told === null) return;
    const measured = this.share.measured();
    const [stats, slowBecause] = measured === null || this.capture === null ? [null, null] : told(measured);
    const last = measured?.took.at(-1); // an idle screen costs nothing
    if (stats !== null && (last !== this.toldLast || stats.waits_ms > 0)) this.host.send(stats);
    this.toldLast = last;
    if (slowBecause !== this.host.uiState.slowBecause) this.host.show({ ...this.host.uiState, slowBecause });
  }

  private letGo(): void {
    clearInterval(this.telling);
    this.telling = undefined;
    const { capture } = this;
    if (capture === null) return;
    this.capture = null;
    this.drop(capture);
    this.host.show({ ...this.host.uiState, sharing: null, slowBecause: null });
  }

  private drop(capture: Capture): void {
    this.share.show(null);
    capture.frames.close();
    this.release(capture.number);
  }
}
