/**
 * What this page has pressed on the customer's computer. Browsers do not tell every release: a Mac tells no key-up while
 * Command is held, system shortcuts swallow them, and the second of two buttons may be let go outside the window. So
 * each event's own account of what is held is compared with this list, and what is not held any more is released. Pure.
 */

import type { Key, PageMessage } from "@deskside/codec/wire/messages";
import { keyMessage } from "./keyboard";

/** `MouseEvent.buttons`, by the numbers of `MouseEvent.button`. */
const BUTTON_BITS = [1, 4, 2, 8, 16];
const MODIFIER = /^(Shift|Control|Alt|Meta|OS)(Left|Right)$/;

/** What an event says of the keyboard; both kinds of events have these. */
export type Modifiers = Pick<KeyboardEvent, "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

export class Pressed {
  private readonly keys = new Map<string, Key>();
  private readonly buttons = new Set<number>();

  /** `lockOnce`: this computer tells one key-down when Caps Lock goes on and one key-up when it goes off, as a Mac does. */
  constructor(private readonly lockOnce: boolean) {}

  /** A key went down or up: return what to send. */
  key(event: KeyboardEvent, down: boolean): PageMessage[] {
    const sent = this.modifiers(event, event.code);
    const message = keyMessage(event, down) as Key | undefined;
    if (message === undefined) return down ? sent : [...sent, ...this.release([event.code])];
    if (event.code === "CapsLock") {
      const toggles = this.lockOnce || (down && !event.repeat);
      return toggles ? [...sent, ...tap(message)] : sent;
    }
    const modifier = MODIFIER.exec(event.code);
    if (modifier?.[1] === "Meta" || modifier?.[1] === "OS") sent.push(...this.release(this.plain()));
    if (!down) {
      if (this.keys.has(event.code)) sent.push({ ...message, down: false });
      else if (event.code === "PrintScreen") sent.push(...tap(message)); // Windows tells only that it was let go
      this.keys.delete(event.code);
      return sent;
    }
    if (this.keys.has(event.code) && !event.repeat && modifier === null) sent.push(...this.release([event.code]));
    if (event.code === "" || (event.metaKey && modifier === null)) return [...sent, ...tap(message)];
    this.keys.set(event.code, message);
    return [...sent, message];
  }

  /** Any event says which modifiers are held: return the releases that were missed. */
  modifiers(event: Modifiers, code = ""): PageMessage[] {
    const own = MODIFIER.exec(code)?.[1];
    const flags: Record<string, boolean> = {
      Shift: event.shiftKey,
      Control: event.ctrlKey,
      Alt: event.altKey,
      Meta: event.metaKey,
      OS: event.metaKey,
    };
    const missed = [...this.keys].filter(([held, { symbol }]) => {
      const kind = MODIFIER.exec(held)?.[1];
      // AltGr has no flag of its own in every browser.
      return kind !== undefined && kind !== own && symbol !== "AltGraph" && !flags[kind];
    });
    return this.release(missed.map(([held]) => held));
  }

  /** Return whether to send this press of a button. */
  press(button: number): boolean {
    if (button >= BUTTON_BITS.length) return false;
    this.buttons.add(button);
    return true;
  }

  /** Return whether to send this release of a button. */
  letGo(button: number): boolean {
    return this.buttons.delete(button);
  }

  /** An event says which buttons are held, in bits: return those whose release was missed. */
  missed(bits: number): number[] {
    const gone = [...this.buttons].filter((button) => (bits & BUTTON_BITS[button]!) === 0);
    for (const button of gone) this.buttons.delete(button);
    return gone;
  }

  /** Whether anything is held. */
  get any(): boolean {
    return this.keys.size > 0 || this.buttons.size > 0;
  }

  /** Everything was released in another way. */
  forget(): void {
    this.keys.clear();
    this.buttons.clear();
  }

  private plain(): string[] {
    return [...this.keys.keys()].filter((code) => !MODIFIER.test(code));
  }

  private release(codes: readonly string[]): PageMessage[] {
    const pressed = codes.flatMap((code) => this.keys.get(code) ?? []);
    for (const code of codes) this.keys.delete(code);
    return pressed.map((key) => ({ ...key, down: false }));
  }
}

function tap(key: Key): PageMessage[] {
  return [
    { ...key, down: true },
    { ...key, down: false },
  ];
}

/** Return whether this computer is a Mac. */
export function isMac(): boolean {
  return /Mac/.test(navigator.platform) || /Mac OS X/.test(navigator.userAgent);
}
