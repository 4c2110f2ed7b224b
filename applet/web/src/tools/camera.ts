/** The customer's camera: what the technician asks to be done with it, its picture standing still, and photos. */

import { Bucket } from "@deskside/codec/tokenBucket";
import type { Access } from "@deskside/codec/wire/access.gen";
import type { CameraRequest, Freeze } from "@deskside/codec/wire/messages.gen";
import type { ScreenShare } from "../capture/screenShare.ts";
import type { CameraFacts, CameraState } from "../session/uiState.ts";
import { Tool, type ToolHost } from "./base.ts";

/** So often a technician may let the picture stand still and go on: each time it is copied, and the page paints it. */
const FREEZES_RATE = { perSecond: 2, burst: 8 };

/** A photo as it is sent. */
export interface Photo {
  width: number;
  height: number;
  jpeg: Uint8Array;
}

/** Tells both people how the camera is. What is done with it, the page does (src/capture/camera.ts). */
export class CameraTool extends Tool {
  private told = "";
  private readonly freezes = new Bucket(FREEZES_RATE);

  /** `showHeld` gives the page what stands still, null what moves again. */
  constructor(
    host: ToolHost,
    private readonly share: ScreenShare,
    private readonly showHeld: (frame: VideoFrame | null) => void,
  ) {
    super(host);
  }

  override take(message: CameraRequest | Freeze): void {
    if (message.kind === "freeze") {
      if (this.freezes.take(1, performance.now() / 1000)) void this.freeze(message.on, true);
    } else this.change({ wish: message.wish, photo: null });
  }

  /** This camera is shown from now on, and the technician knows that they may see it. */
  begin(facts: CameraFacts): void {
    this.showHeld(null);
    this.show({ ...facts, frozenSince: null, byTechnician: false, wish: null, photo: null });
  }

  /** Something about the camera has changed. */
  changed(facts: CameraFacts): void {
    const { now } = this;
    const isDone =
      now !== null &&
      ((now.wish === "torch_on" && facts.torch === true) || (now.wish === "torch_off" && facts.torch === false));
    this.change({ ...facts, ...(isDone && { wish: null }) });
  }

  /** Let the picture stand still on both sides, or go on. What the customer froze goes on when they say so. */
  async freeze(on: boolean, byTechnician = false): Promise<void> {
    if (this.now === null || (this.now.frozenSince !== null) === on) return;
    if (!on && byTechnician && !this.now.byTechnician) return;
    if (on) {
      const held = await this.share.hold();
      if (held === null) return;
      this.showHeld(held);
      this.change({ frozenSince: Date.now(), byTechnician });
    } else {
      this.share.goOn();
      this.showHeld(null);
      this.change({ frozenSince: null, byTechnician: false });
      this.host.show({ ...this.host.uiState, marks: [] });
    }
  }

  /** The customer does not do now what was asked for. */
  notNow(): void {
    const wish = this.now?.wish;
    if (wish) this.host.send({ kind: "camera_declined", wish });
    this.change({ wish: null });
  }

  /** The customer took a photo, null where that failed. */
  photo(taken: Photo | null): void {
    const { now } = this;
    if (now === null) return;
    const number = this.host.uiState.photosSent;
    const isSent = taken !== null && this.host.send({ kind: "photo", number, at: Date.now(), ...taken });
    const wish = now.wish === "photo" ? null : now.wish;
    if (isSent) this.host.show({ ...this.host.uiState, photosSent: number + 1 });
    this.change({ photo: isSent ? "sent" : "failed", wish });
  }

  override allow(granted: ReadonlySet<Access>): void {
    if (granted.has("camera") || this.now === null) return;
    this.showHeld(null);
    this.told = "";
    this.host.show({ ...this.host.uiState, camera: null, marks: [] });
  }

  private get now(): CameraState | null {
    return this.host.uiState.camera;
  }

  private change(what: Partial<CameraState>): void {
    if (this.now !== null) this.show({ ...this.now, ...what });
  }

  private show(camera: CameraState): void {
    this.host.show({ ...this.host.uiState, camera });
    const { facing, cameras, torch, frozenSince, byTechnician: by_technician, interrupted } = camera;
    const frozen = frozenSince !== null;
    const message = { kind: "camera", facing, cameras, torch, frozen, by_technician, interrupted } as const;
    const told = JSON.stringify(message);
    if (told !== this.told) this.host.send(message);
    this.told = told;
  }
}
