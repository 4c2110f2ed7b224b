/**
 * The technician's clipboard while it is shared: text only, and what came from the customer is not sent back.
 *
 * It is read without being asked only where the browser has been told to allow that for good. Elsewhere (Firefox, Safari,
 * a permission that was not given) reading would put the browser's own question over the customer's screen: there it is
 * read in a paste event, or when the technician presses a button of ours.
 */

import { CLIPBOARD_BYTES } from "@deskside/codec/wire/messages";
import { signal } from "@preact/signals";

/** `ask`: the browser asks once and remembers. `each`: it asks each time. `never`: it refuses. */
export type Reading = "freely" | "ask" | "each" | "never";

/** What a browser offers. */
export interface BrowserClipboard {
  reading(): Promise<Reading>;
  read(): Promise<string | undefined>;
  write(text: string): Promise<boolean>;
}

/** What a customer copied is never passed on to another customer. */
let theirs: { text: string; owner: SharedClipboard } | undefined;

export class SharedClipboard {
  /** How this browser lets the clipboard be read; undefined until sharing has begun. */
  readonly reading = signal<Reading | undefined>(undefined);
  /** How many bytes the text has that was too long to be sent, 0 if none was. */
  readonly tooLong = signal(0);
  /** What both clipboards hold, as far as is known. */
  private last: string | undefined;
  /** What was copied here before sharing began. */
  private before: string | undefined;
  private begun: Promise<void> = Promise.resolve();
  private pending: string | undefined;

  /** `refused` is told the size in bytes of a text that is too long. */
  constructor(
    private readonly send: (text: string) => void,
    private readonly refused: (size: number) => void,
    private readonly browser: BrowserClipboard = thisBrowser,
  ) {}

  /** From now on: what was copied before sharing began stays here, unless the technician pastes it. */
  begin(): Promise<void> {
    this.tooLong.value = 0;
    this.last = this.before = undefined; // the customer may have copied anything since sharing ended
    this.begun = this.keepBefore();
    return this.begun;
  }

  /** The technician may have copied something: send it if it is new. Call with the page in focus. */
  async look(): Promise<void> {
    await this.begun;
    if (this.pending !== undefined) {
      await this.take(this.pending);
      return;
    }
    const text = (await this.mayRead()) ? await this.browser.read() : undefined;
    if (text === undefined || text === this.before) return;
    this.before = undefined;
    this.offer(text);
  }

  /** Something was copied in the page, so what the clipboard holds now is to be shared. */
  async copied(): Promise<void> {
    await this.begun;
    this.before = undefined;
    await this.look();
  }

  /** The technician pressed a button of ours, so the browser may ask for a permission. Return whether it was given. */
  async request(): Promise<boolean> {
    const text = await this.browser.read();
    this.reading.value = await this.browser.reading();
    if (text === undefined) return false;
    this.offer(text);
    return true;
  }

  /** This text was copied in the page, or is being pasted: it is known without being read. */
  offer(text: string): void {
    if (text === "" || text === this.last || this.pending !== undefined) return;
    this.last = text;
    if (theirs?.text === text && theirs.owner !== this) return;
    const size = bytesOf(text);
    this.tooLong.value = size > CLIPBOARD_BYTES ? size : 0;
    if (size > CLIPBOARD_BYTES) this.refused(size);
    else this.send(text);
  }

  /** The customer copied this. It waits for the page to be in focus, because browsers write only then. */
  async take(text: string): Promise<void> {
    this.pending = text;
    theirs = { text, owner: this };
    if ((await this.browser.write(text)) && this.pending === text) {
      this.last = text;
      this.before = this.pending = undefined;
    }
  }

  private async keepBefore(): Promise<void> {
    if (await this.mayRead()) this.before = await this.browser.read();
  }

  private async mayRead(): Promise<boolean> {
    this.reading.value = await this.browser.reading();
    return this.reading.value === "freely";
  }
}

/** Return how many bytes a text has as UTF-8, which is how it travels. */
function bytesOf(text: string): number {
  return text.length > CLIPBOARD_BYTES ? text.length : new TextEncoder().encode(text).length;
}

/** Return what of the page is selected, which is what a copy event copies. */
export function selectedText(): string {
  const at = document.activeElement;
  if (at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement) {
    return at.value.slice(at.selectionStart ?? 0, at.selectionEnd ?? 0);
  }
  return String(getSelection() ?? "");
}

const thisBrowser: BrowserClipboard = {
  async reading() {
    try {
      const name = "clipboard-read" as PermissionName;
      const { state } = await navigator.permissions.query({ name });
      return state === "granted" ? "freely" : state === "prompt" ? "ask" : "never";
    } catch {
      return navigator.clipboard?.readText === undefined ? "never" : "each"; // it knows no such permission
    }
  },
  async read() {
    try {
      return await navigator.clipboard.readText();
    } catch {
      return undefined;
    }
  },
  async write(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false; // not in focus, or not allowed
    }
  },
};
