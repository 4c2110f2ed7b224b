/** The technician's mouse, keyboard and pastes over the customer's screen, as session messages. */

import type { PageMessage } from "@deskside/codec/wire/messages";
import type { OpenSession } from "../state/openSession";
import { isWayOut } from "./keyboard";
import { pointed, positionOf } from "./places";
import { isMac, type Modifiers, Pressed } from "./pressed";
import { Wheel } from "./wheel";

/** A paste event comes at once, or from the browser's menu a moment later; without one the key goes alone. */
const PASTE_MS = 100;
/** The sign of life that goes with what is held: without one the applet lets go of it. */
const STILL_HELD_MS = 500;

export class Hands {
  private readonly pressed = new Pressed(isMac());
  private readonly wheel = new Wheel();
  /** Where the pointer is, in CSS pixels of the window. */
  at = { x: 0, y: 0 };
  /** The keys of a paste, which wait until what is pasted is on its way. */
  private pasting: PageMessage[] = [];
  private paster: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;

  /** `leave` gives the keyboard back to the page. */
  constructor(
    private readonly openSession: OpenSession,
    private readonly leave: () => void,
  ) {}

  /** Let go of everything. */
  release(): void {
    this.endPaste();
    this.pressed.forget();
    this.send([{ kind: "release_keys" }]);
  }

  key(event: KeyboardEvent, down: boolean): void {
    if (!this.controls) return;
    if (isWayOut(event)) {
      event.preventDefault();
      if (down) {
        this.release();
        this.leave();
      }
      return;
    }
    this.endPaste();
    const messages = this.pressed.key(event, down);
    if (messages.length > 0 && !event.isComposing) event.stopPropagation();
    if (down && isPaste(event) && this.openSession.sharesClipboard()) {
      this.pasting = messages;
      this.paster = setTimeout(() => this.endPaste(), PASTE_MS);
      return;
    }
    if (messages.length > 0) event.preventDefault();
    this.send(messages);
  }

  paste(event: ClipboardEvent): void {
    event.preventDefault();
    if (this.controls && this.openSession.sharesClipboard()) {
      this.openSession.clipboard.offer(event.clipboardData?.getData("text/plain") ?? "");
    }
    this.endPaste();
  }

  /** Pointer events tell fractions of CSS pixels, the mouse events after them do not. */
  point(event: PointerEvent): void {
    this.at = { x: pointed(event.clientX, devicePixelRatio), y: pointed(event.clientY, devicePixelRatio) };
  }

  move(event: PointerEvent): void {
    this.point(event);
    if (!this.controls) return;
    this.openSession.send({ kind: "pointer_move", ...this.place });
    this.compare(event);
  }

  /** Buttons come from mouse events: a second button that goes down makes no pointerdown. */
  button(event: MouseEvent, down: boolean): void {
    if (!this.controls) return;
    event.preventDefault();
    const { button } = event;
    if (down ? this.pressed.press(button) : this.pressed.letGo(button)) {
      this.send([{ kind: "pointer_button", ...this.place, button, down }]);
    }
    this.compare(event);
  }

  turn(event: WheelEvent): void {
    if (!this.controls) return;
    event.preventDefault();
    const turned = this.wheel.turn(event, devicePixelRatio, event.timeStamp);
    if (turned.across !== 0 || turned.along !== 0) {
      this.openSession.send({ kind: "pointer_wheel", ...this.place, ...turned });
    }
  }

  /** Release what this event says is no longer held, though nobody told. */
  private compare(event: Modifiers & { buttons: number }): void {
    this.send(this.pressed.modifiers(event));
    for (const button of this.pressed.missed(event.buttons)) {
      this.send([{ kind: "pointer_button", ...this.place, button, down: false }]);
    }
  }

  private endPaste(): void {
    clearTimeout(this.paster);
    const messages = this.pasting;
    this.pasting = [];
    this.send(messages);
  }

  /** Send what was pressed or released, and say from time to time that the rest is still held. */
  private send(messages: readonly PageMessage[]): void {
    messages.forEach(this.openSession.send);
    if (!this.pressed.any) {
      clearInterval(this.beat);
      this.beat = undefined;
    } else {
      this.beat ??= setInterval(() => this.openSession.send({ kind: "still_held" }), STILL_HELD_MS);
    }
  }

  private get controls(): boolean {
    return this.openSession.may("control");
  }

  /** Where the pointer is on the display that is shown. */
  get place(): { display: number; x: number; y: number } {
    const box = this.openSession.screen.canvas.getBoundingClientRect();
    const place = positionOf(this.at.x - box.left, this.at.y - box.top, box, this.openSession.size.value);
    return { display: this.openSession.display.value!, ...place };
  }
}

function isPaste(event: KeyboardEvent): boolean {
  if (event.altKey) return false;
  const shortcut = isMac() ? event.metaKey : event.ctrlKey;
  return (shortcut && event.key.toLowerCase() === "v") || (event.shiftKey && event.code === "Insert");
}
