/**
 * Runs one session's path manager over real links (codec/session/links/connection.py): a reader and a writer for each
 * link, and a clock.
 *
 * It belongs in a worker: its timers are those of where it runs, and a page's stand still when it is hidden. A link
 * hands over what arrives in a task of its own each time, so none that always has more keeps others waiting.
 */

import { DesksideError } from "../../errors.ts";
import { Flag } from "../../flag.ts";
import type { Role } from "../../wire/roles.gen.ts";
import { CHUNK_BYTES, Lane } from "../lanes.ts";
import { type Happening, type LinkKind, NONCE_BYTES, PathManager } from "../pathManager.ts";
import { Stream } from "../stream.ts";
import { type Link, LinkClosedError } from "./base.ts";
import { ACKNOWLEDGE_SECONDS, MOST_LINKS, TICK_SECONDS } from "./connection.gen.ts";

const CLOSE_SECONDS = 5;

/** Whom a connection tells. All must return quickly and not throw. */
export interface ConnectionEvents {
  /** Gets each message once and in its lane's order. */
  onMessage(lane: Lane, message: Uint8Array): void;
  /** Hears which kind of link is in use, null when there is none. */
  onMoved(kind: LinkKind | null): void;
  /** The link in use may be dead, or has been lost. */
  onDoubted?(): void;
  /** The other end has said something, or TICK_SECONDS have passed. */
  onProgress?(): void;
  /** Hears what a developer may want to know. */
  onLog?(text: string): void;
}

class Held {
  readonly wake = new Flag();
  readonly gone = new Flag();

  constructor(readonly link: Link) {}
}

/** The messages of one session, whatever links come and go. Close it in the end. */
export class Connection {
  private readonly pathManager: PathManager;
  private readonly held = new Map<number, Held>();
  private nextLink = 0;
  private acknowledging: ReturnType<typeof setTimeout> | null = null;
  private readonly ticker: ReturnType<typeof setInterval>;
  private readonly closing = new Set<Promise<void>>();
  private readonly heard = new Flag();
  private isClosed = false;

  constructor(
    role: Role,
    root: Uint8Array,
    private readonly events: ConnectionEvents,
    private readonly now: () => number = () => performance.now() / 1_000,
  ) {
    this.pathManager = new PathManager(role, root, new Stream());
    this.ticker = setInterval(() => this.tick(), 1_000 * TICK_SECONDS);
  }

  /** The kind of link in use. */
  get kind(): LinkKind | null {
    return this.pathManager.kind;
  }

  /**
   * Queue a message. Throws StreamFullError when the other end has been silent for too much of it.
   *
   * The `newest` of its kind replaces all on its lane that has not left yet. Of these a short one for the bulk lane
   * keeps its place among keys and clicks; a long one lets them pass.
   */
  send(lane: Lane, message: Uint8Array, newest = false): void {
    let goesOn = lane;
    if (newest) {
      this.discard(lane);
      const isShort = message.length <= CHUNK_BYTES && this.unacknowledgedBytes(lane) === 0;
      if (lane === Lane.BULK && isShort) goesOn = Lane.CONTROL;
    }
    this.pathManager.stream.send(goesOn, message);
    this.wake();
  }

  /** Forget the messages of a lane of which nothing has left yet. */
  discard(lane: Lane): void {
    this.pathManager.stream.discard(lane);
  }

  /** Bytes of a lane that the other end has not confirmed. */
  unacknowledgedBytes(lane: Lane): number {
    return this.pathManager.stream.unacknowledgedBytes(lane);
  }

  /** Return the number of the chunk behind the last one that was queued. */
  queued(lane: Lane): number {
    return this.pathManager.stream.queued(lane);
  }

  /** Return the number of the first chunk that the other end has not confirmed. */
  confirmed(lane: Lane): number {
    return this.pathManager.stream.confirmed(lane);
  }

  /** Offer another link, which the connection owns and closes from now on. Return what resolves when it is gone. */
  add(link: Link): Promise<void> {
    while (this.held.size >= MOST_LINKS) this.lose(firstOf(this.held), "too many links were opened after it");
    const number = this.nextLink++;
    const held = new Held(link);
    this.held.set(number, held);
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    this.pathManager.open(number, link.kind, link.binding, nonce, this.now());
    if (this.isClosed) this.letGo(number);
    void this.read(number, held);
    void this.write(number, held);
    return held.gone.wait();
  }

  /** The other end may be gone: find out at once, not when the next question is due. */
  ask(): void {
    this.pathManager.ask(this.now());
    this.wake();
  }

  /** The relay cannot be heard from here any more: no link is good, and new ones are on their way. */
  networkLost(): void {
    for (const number of [...this.held.keys()]) this.lose(number, "the network has changed");
  }

  /** Wait until the other end has confirmed all control messages, at most `seconds`. */
  async flush(seconds: number): Promise<void> {
    const until = this.now() + seconds;
    while (this.unacknowledgedBytes(Lane.CONTROL) > 0 && this.held.size > 0) {
      this.heard.clear();
      const left = until - this.now();
      if (left <= 0) {
        this.log("the other end did not confirm the last messages in time");
        return;
      }
      await this.heard.waitFor(left);
    }
  }

  /** Close every link and stop. Nothing is called back afterwards. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.ticker);
    if (this.acknowledging !== null) clearTimeout(this.acknowledging);
    for (const number of [...this.held.keys()]) this.letGo(number);
    await Promise.all(this.closing);
  }

  private async read(number: number, held: Held): Promise<void> {
    try {
      for (;;) {
        const data = await held.link.receive();
        if (held.gone.isSet) return;
        this.handle(this.pathManager.receive(number, data, this.now()));
        this.afterReceiving(held);
      }
    } catch (error) {
      this.failed(number, error);
    }
  }

  private async write(number: number, held: Held): Promise<void> {
    try {
      while (!held.gone.isSet) {
        const data = this.pathManager.nextBytes(number, this.now());
        if (data === null) {
          held.wake.clear();
          await held.wake.wait();
          continue;
        }
        await held.link.send(data);
      }
    } catch (error) {
      this.failed(number, error);
    }
  }

  private tick(): void {
    this.handle(this.pathManager.tick(this.now()));
    this.events.onProgress?.();
    this.wake();
  }

  private afterReceiving(held: Held): void {
    held.wake.set();
    this.heard.set();
    this.events.onProgress?.();
    if (this.pathManager.stream.owesAcknowledgement && this.acknowledging === null && !this.isClosed) {
      // Waiting a moment lets one acknowledgement serve a burst, and keeps it out of the way of the answer.
      this.acknowledging = setTimeout(() => this.acknowledge(), 1_000 * ACKNOWLEDGE_SECONDS);
    }
  }

  private acknowledge(): void {
    this.acknowledging = null;
    this.pathManager.stream.acknowledge();
    this.wake();
  }

  private handle(happenings: readonly Happening[]): void {
    for (const happening of happenings) {
      if (happening.type === "gaveUp") {
        this.log(`link ${happening.link} given up: ${happening.reason}`);
        this.letGo(happening.link);
      } else if (!this.isClosed) {
        this.tell(happening);
      }
    }
  }

  private tell(happening: Exclude<Happening, { type: "gaveUp" }>): void {
    switch (happening.type) {
      case "delivered":
        this.events.onMessage(happening.lane, happening.message);
        return;
      case "moved":
        this.wake();
        this.events.onMoved(happening.kind);
        return;
      case "doubted":
        this.events.onDoubted?.();
    }
  }

  private failed(number: number, error: unknown): void {
    if (!(error instanceof DesksideError)) {
      this.lose(number, String(error));
      throw error; // a mistake of ours, which whoever looks after uncaught errors must see
    }
    if (!(error instanceof LinkClosedError)) this.log(`link ${number} refused: ${error.message}`);
    this.lose(number, error.message);
  }

  private lose(number: number, reason: string): void {
    if (!this.held.has(number)) return;
    this.log(`link ${number} lost: ${reason}`);
    this.letGo(number);
    if (number === this.pathManager.active && !this.isClosed) this.events.onDoubted?.();
    this.handle(this.pathManager.drop(number, this.now()));
    this.wake();
  }

  private letGo(number: number): void {
    const held = this.held.get(number);
    if (held === undefined) return;
    this.held.delete(number);
    held.gone.set();
    held.wake.set();
    this.heard.set();
    const closing = closed(held.link).finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }

  private wake(): void {
    for (const held of this.held.values()) held.wake.set();
  }

  private log(text: string): void {
    this.events.onLog?.(text);
  }
}

function firstOf(held: ReadonlyMap<number, Held>): number {
  for (const number of held.keys()) return number;
  throw new Error("there is no link");
}

/** Resolves when a link has closed, which is not waited for without end. */
async function closed(link: Link): Promise<void> {
  const done = new Flag();
  link.close().then(
    () => done.set(),
    () => done.set(),
  );
  await done.waitFor(CLOSE_SECONDS);
}
