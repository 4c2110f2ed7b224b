/** The customer's camera, in the page: the browser's question, front and back, light and zoom, and photos of it. */

import type { CameraFacts, PickerTrouble } from "../session/uiState.ts";
import type { Photo } from "../tools/camera.ts";
import { NotCapturedError } from "./screen.ts";
import { TrackCapture } from "./track.ts";

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } as const;

const BACK: MediaTrackConstraints = { facingMode: { ideal: "environment" } };
const FRONT: MediaTrackConstraints = { facingMode: { ideal: "user" } };

/** What TypeScript's DOM does not know of cameras: https://w3c.github.io/mediacapture-image/ */
interface Abilities extends MediaTrackCapabilities {
  torch?: boolean | boolean[];
  zoom?: { min: number; max: number; step: number };
}
interface Settings extends MediaTrackSettings {
  torch?: boolean;
  zoom?: number;
}
interface Size {
  imageWidth?: number;
  imageHeight?: number;
}
interface PhotoTaker {
  getPhotoCapabilities(): Promise<{ imageWidth?: { max: number }; imageHeight?: { max: number } }>;
  takePhoto(size?: Size): Promise<Blob>;
}
type MakePhotoTaker = new (track: MediaStreamTrack) => PhotoTaker;

/** A camera that is shown. `end` it to let go of it. */
export class CameraCapture extends TrackCapture {
  private interrupted = false;

  private constructor(
    stream: MediaStream,
    track: MediaStreamTrack,
    private readonly cameras: readonly string[],
  ) {
    super(stream, track, "camera");
    track.onmute = () => this.interrupt(true);
    track.onunmute = () => this.interrupt(false);
    // Only shows that a person looks: some browsers sharpen edges otherwise.
    if ("contentHint" in track) track.contentHint = "motion";
  }

  /** Ask the browser for a camera, the one at the back where nothing else is said. Throws NotCapturedError. */
  static async open(which: MediaTrackConstraints = BACK): Promise<CameraCapture> {
    const devices = navigator.mediaDevices;
    if (typeof devices?.getUserMedia !== "function") throw new NotCapturedError("unsupported");
    try {
      // Zoom must be asked for: https://w3c.github.io/mediacapture-image/#pan-tilt-zoom-permission
      const wanted = { ...SIZE, ...which, zoom: true };
      const stream = await devices.getUserMedia({ video: wanted, audio: false });
      const [track] = stream.getVideoTracks();
      if (track === undefined) throw new NotCapturedError("failed");
      const all = await devices.enumerateDevices();
      const cameras = all.filter(({ kind }) => kind === "videoinput").map(({ deviceId }) => deviceId);
      return new CameraCapture(stream, track, cameras);
    } catch (error) {
      throw error instanceof NotCapturedError ? error : new NotCapturedError(troubleOf(error));
    }
  }

  /** What can be done with it, as far as the browser tells. */
  override get facts(): CameraFacts {
    const can = this.track.getCapabilities?.() as Abilities | undefined;
    const now = this.track.getSettings() as Settings;
    const hasTorch = can?.torch === true || (Array.isArray(can?.torch) && can.torch.includes(true));
    const zoom = can?.zoom;
    return {
      facing: now.facingMode === "user" ? "front" : now.facingMode === "environment" ? "back" : "",
      cameras: this.cameras.length,
      torch: hasTorch ? now.torch === true : null,
      zoom: zoom === undefined || zoom.max <= zoom.min ? null : { ...zoom, now: now.zoom ?? zoom.min },
      interrupted: this.interrupted,
    };
  }

  /** Which camera comes after this one: of a phone the other side, of a computer the next. */
  get next(): MediaTrackConstraints {
    const { facingMode, deviceId } = this.track.getSettings();
    if (facingMode === "environment") return FRONT;
    if (facingMode === "user") return BACK;
    const place = this.cameras.indexOf(deviceId ?? "");
    return { deviceId: { exact: this.cameras[(place + 1) % this.cameras.length] ?? "" } };
  }

  /** The same camera again. */
  get same(): MediaTrackConstraints {
    return { deviceId: { exact: this.track.getSettings().deviceId ?? "" } };
  }

  /** Turn its light on or off, where it has one. */
  async light(on: boolean): Promise<void> {
    await this.apply({ torch: on });
  }

  /** See things larger, where it can. */
  async zoomTo(zoom: number): Promise<void> {
    await this.apply({ zoom });
  }

  /** Return a photo, as large as the camera takes them where the browser can, else as large as its picture. */
  async photo(): Promise<ImageBitmap> {
    const Taker = (globalThis as { ImageCapture?: MakePhotoTaker }).ImageCapture;
    if (Taker !== undefined) {
      try {
        return await createImageBitmap(await largest(new Taker(this.track)));
      } catch {
        // some cameras take no photos while they show what they see
      }
    }
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = this.stream;
    await video.play();
    const picture = await createImageBitmap(video);
    video.srcObject = null;
    return picture;
  }

  override end(): void {
    this.track.onmute = null;
    this.track.onunmute = null;
    super.end();
  }

  private async apply(set: { torch?: boolean; zoom?: number }): Promise<void> {
    try {
      await this.track.applyConstraints({ advanced: [set as MediaTrackConstraintSet] });
    } catch {
      // it stays as it is, and so do the facts
    }
    this.changed();
  }

  /** Say that the browser gives no picture at the moment, or does again. */
  interrupt(on: boolean): void {
    this.interrupted = on;
    this.changed();
  }
}

/** Take a photo as large as the camera says that it can; some then cannot, and take one of their own size. */
async function largest(taker: PhotoTaker): Promise<Blob> {
  try {
    const { imageWidth, imageHeight } = await taker.getPhotoCapabilities();
    if (imageWidth === undefined || imageHeight === undefined) return await taker.takePhoto();
    return await taker.takePhoto({ imageWidth: imageWidth.max, imageHeight: imageHeight.max });
  } catch {
    return taker.takePhoto();
  }
}

/** Return a picture as JPEG without anything that a camera writes beside it, in at most so many bytes; null if it cannot be. */
export async function jpegOf(picture: ImageBitmap | VideoFrame, most: number): Promise<Photo | null> {
  const isFrame = picture instanceof VideoFrame;
  const [width, height] = isFrame ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height];
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.drawImage(picture, 0, 0);
  for (const quality of [0.92, 0.8, 0.6]) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.type === "image/jpeg" && blob.size <= most) {
      return { width, height, jpeg: new Uint8Array(await blob.arrayBuffer()) };
    }
  }
  return null;
}

function troubleOf(error: unknown): PickerTrouble {
  if (!(error instanceof DOMException)) return "failed";
  switch (error.name) {
    case "NotAllowedError":
      // Who closes the browser's question is asked again; a no that was meant for good is not.
      return /dismissed/i.test(error.message) ? "cancelled" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "no_camera";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotSupportedError":
      return "unsupported";
    default:
      return "failed";
  }
}
