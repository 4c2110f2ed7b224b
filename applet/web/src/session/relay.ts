/**
 * The page's socket to the relay: enters once, and comes back by its ticket for as long as the session lives. As
 * applet/session/relay.py.
 */

import { Retries } from "@deskside/codec/backoff";
import {
  ComeAgainError,
  connect,
  LineLostError,
  type Signalling,
  UnreachableError,
} from "@deskside/codec/session/links/signalling";
import { BUSY_SECONDS } from "@deskside/codec/session/links/signalling.gen";
import { FINAL_STATES, type SessionState } from "@deskside/codec/wire/apiTypes.gen";
import { VERSION } from "@deskside/codec/wire/messages.gen";
import { APPLET_PATH, type FromApplet, type Leaving, type Refusal } from "@deskside/codec/wire/signals.gen";
import type { Code } from "./codes.ts";
import { BUSY_TRIES, FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, URGENT_RETRY_SECONDS } from "./relay.gen.ts";
import { BadSignalError, readToApplet, type ToApplet, write } from "./signals.ts";

/** Whom the socket tells. None of these throws. */
export interface RelayEvents {
  /** What the relay says. */
  hear(signal: ToApplet): void;
  /** Whether the relay can be reached. */
  online(online: boolean): void;
  /** The network turned out to be another one, or gone: other connections went with it. */
  lost(): void;
  /** Whether the session can only go on through the relay. */
  isUrgent(): boolean;
}

/** One session's socket. `run` it once. `ticket` is that of an earlier page in this tab, which was reloaded. */
export class RelaySocket {
  private readonly retries = new Retries(FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS);
  private busy = 0;
  private socket: Signalling | null = null;
  private over = false;
  private wake: () => void = () => {};

  constructor(
    private readonly code: Code,
    private readonly about: { computer: string; system: string; means: string[] },
    private readonly events: RelayEvents,
    private ticket: string | null,
  ) {}

  /** Send a signal. Dropped while the socket is down, because the console starts over afterwards. */
  say(signal: FromApplet): void {
    try {
      this.socket?.say(write(signal));
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error; // the reader notices too
    }
  }

  /** There is reason to doubt the network: come back over the one that there is now, where the relay is silent. */
  probe(): void {
    this.socket?.probe();
  }

  /** The browser says that there is a network again: do not wait any longer. */
  hurry(): void {
    this.wake();
  }

  /** End the session at the relay, if it can be reached, and stop. */
  leave(reason: Leaving): void {
    this.over = true;
    this.wake();
    this.say({ type: "leave", reason });
    void this.socket?.close();
  }

  /** Keep the socket up until the session has ended or was never entered. */
  async run(): Promise<void> {
    while (!this.over) {
      let asked = 0;
      const cameIn = this.ticket !== null;
      try {
        await this.converse();
      } catch (error) {
        if (error instanceof ComeAgainError) {
          asked = error.seconds;
        } else if (error instanceof LineLostError) {
          this.events.lost();
          continue;
        } else if (!cameIn) {
          this.giveUp(error instanceof BadSignalError ? "bad_message" : "ended");
          return;
        }
      }
      if (this.over) return;
      this.events.online(false);
      const most = this.events.isUrgent() ? URGENT_RETRY_SECONDS : LAST_RETRY_SECONDS;
      await this.rest(this.retries.wait(asked, most));
    }
  }

  private rest(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async converse(): Promise<void> {
    const socket = await connect(this.code.relay + APPLET_PATH);
    try {
      socket.say(write(this.firstWords()));
      this.socket = socket;
      await socket.read((text) => this.take(readToApplet(text)));
    } finally {
      this.socket = null;
      await socket.close();
    }
  }

  private firstWords(): FromApplet {
    if (this.ticket !== null) return { type: "return", ticket: this.ticket };
    const { pin, routing: link, channel, answers } = this.code;
    return { type: "enter", version: VERSION, pin, link, channel, answers, ...this.about, kind: "page" };
  }

  private take(signal: ToApplet): void {
    if (signal.type === "entered") {
      this.ticket = signal.ticket;
      this.retries.succeeded();
      this.events.online(true);
    } else if (signal.type === "refused") {
      if (this.mayComeAgain(signal.reason)) throw new ComeAgainError(signal.retry_seconds ?? BUSY_SECONDS);
      this.over = true;
    } else if (signal.type === "replaced") {
      this.over = true;
      this.socket = null; // the session goes on: nothing that is said here may end it
    } else if (signal.type === "state" && isFinal(signal.state)) {
      this.over = true;
    }
    this.events.hear(signal);
  }

  /** Whether a refusal is for now only. Who has a ticket comes again for as long as the session lives. */
  private mayComeAgain(reason: Refusal): boolean {
    if (this.ticket !== null) return reason === "busy" || reason === "too_many";
    if (reason !== "busy") return false;
    this.busy += 1;
    return this.busy < BUSY_TRIES;
  }

  private giveUp(reason: Refusal): void {
    this.over = true;
    this.events.hear({ type: "refused", reason, retry_seconds: null, page: "" });
  }
}

/** Whether nothing can follow. */
export function isFinal(state: SessionState): boolean {
  return (FINAL_STATES as readonly SessionState[]).includes(state);
}
