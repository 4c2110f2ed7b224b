/**
 * Which link carries the session, and how it moves from one to another (codec/session/path_manager.py).
 *
 * The frames and the rules are told there. Pure: links are numbers, the clock is an argument (seconds), bytes come in
 * and go out.
 */

import { concatBytes, equalBytes } from "@noble/curves/utils.js";
import { DesksideError } from "../errors.ts";
import { Bucket } from "../tokenBucket.ts";
import type { Lane } from "../wire/lanes.gen.ts";
import type { Role } from "../wire/roles.gen.ts";
import {
  BUSY_PING_SECONDS,
  DOUBT_SECONDS,
  EMPTY_FRAMES,
  GREETING_SECONDS,
  IDLE_PING_SECONDS,
  type LinkKind,
  LONE_SILENCE_SECONDS,
  MAGIC,
  MOST_PINGS,
  NONCE_BYTES,
  PING,
  PLEASE,
  PONG,
  PROOF,
  SILENCE_SECONDS,
  SWITCH,
} from "./pathManager.gen.ts";
import { derive, Seal, type SealPair } from "./seal.ts";
import { ACK, DATA, DATA_HEAD_BYTES, type Received, type Stream } from "./stream.ts";

export { LinkKind, NONCE_BYTES } from "./pathManager.gen.ts";

const ROLES: Readonly<Record<Role, number>> = { applet: 0, console: 1 };
const PEERS: Readonly<Record<Role, Role>> = { applet: "console", console: "applet" };
const HELLO_BYTES = MAGIC.length + 1 + NONCE_BYTES;
const PING_BYTES = 5;
const SWITCH_BYTES = 17;

/** A link broke the rules or could not prove that the same person is at its other end. It is not used. */
export class LinkRefusedError extends DesksideError {
  override name = "LinkRefusedError";
}

export type Happening =
  /** A whole message arrived. */
  | { type: "delivered"; lane: Lane; message: Uint8Array }
  /** The session now travels on another kind of link, or on none. */
  | { type: "moved"; kind: LinkKind | null }
  /** This link is of no use any more; its owner closes it. */
  | { type: "gaveUp"; link: number; reason: string }
  /** The link in use does not answer, or has just been lost. Said once for each silence. */
  | { type: "doubted" };

class Line {
  heardAt: number;
  seals: SealPair | null = null;
  proved = false;
  /** What waits to be written beside the stream, by its first byte. */
  readonly outbox = new Map<number, Uint8Array>();
  pings = new Map<number, number>();
  pingedAt = 0;
  doubted = false;
  readonly frames: Bucket;

  constructor(
    readonly kind: LinkKind,
    readonly binding: Uint8Array,
    readonly nonce: Uint8Array,
    readonly openedAt: number,
  ) {
    this.heardAt = openedAt;
    this.frames = new Bucket(EMPTY_FRAMES, openedAt);
  }

  /** Have a frame written. One of its kind that waits is replaced: only the newest means anything. */
  put(frame: Uint8Array): void {
    this.outbox.set(frame[0]!, frame);
  }

  /** Return the frame that has waited longest. */
  take(): Uint8Array | null {
    for (const [kind, frame] of this.outbox) {
      this.outbox.delete(kind);
      return frame;
    }
    return null;
  }
}

/** One end of one session: its stream, and every link that may carry it. */
export class PathManager {
  /** Smoothed round-trip time of the link in use, in seconds; null before the first measurement. */
  rtt: number | null = null;
  private readonly lines = new Map<number, Line>();
  private activeLink: number | null = null;
  /** The link on which the console has said SWITCH last. */
  private wanted: number | null = null;
  private switchNumber = 0;
  /** The applet has answered the console's newest SWITCH. */
  private switched = false;
  /** The applet has lost a link and uses none, while the console may still believe in that one. */
  private stranded = false;
  private pingNumber = 0;
  private wroteAt = 0;

  constructor(
    private readonly role: Role,
    private readonly root: Uint8Array,
    readonly stream: Stream,
  ) {}

  /** The kind of link in use, null while there is none. */
  get kind(): LinkKind | null {
    return this.activeLine?.kind ?? null;
  }

  /** The link in use. */
  get active(): number | null {
    return this.activeLink;
  }

  /** Whether the link in use has been asked, and has not answered for DOUBT_SECONDS. */
  get isDoubted(): boolean {
    return this.activeLine?.doubted ?? false;
  }

  /** Ask every link at once whether it lives, because the other end may be gone. */
  ask(now: number): void {
    for (const line of this.lines.values()) if (line.proved && silentFor(line, now) === 0) this.ping(line, now);
  }

  /**
   * Begin with a new link. `nonce` is 16 fresh random bytes, else RangeError; `binding` ties a direct link to its
   * fingerprints.
   */
  open(link: number, kind: LinkKind, binding: Uint8Array, nonce: Uint8Array, now: number): void {
    if (nonce.length !== NONCE_BYTES) {
      throw new RangeError(`a link's nonce has ${NONCE_BYTES} bytes, not ${nonce.length}`);
    }
    const line = new Line(kind, binding, nonce, now);
    line.put(concatBytes(MAGIC, Uint8Array.of(ROLES[this.role]), nonce));
    this.lines.set(link, line);
  }

  /** Forget a link that its owner has closed or lost, and go on with the best that is left. */
  drop(link: number, now: number): Happening[] {
    if (!this.lines.delete(link)) return [];
    const [lostActive, lostWanted] = [link === this.activeLink, link === this.wanted];
    if (lostActive) this.useNone();
    if (lostActive || lostWanted || this.activeLink === null) this.fallBack(now);
    return lostActive ? [{ type: "moved", kind: null }] : [];
  }

  /** Take what arrived on `link`. On LinkRefusedError, SealBrokenError and StreamBrokenError drop that link. */
  receive(link: number, data: Uint8Array, now: number): Happening[] {
    const line = this.lines.get(link);
    if (line === undefined) return []; // it was given up while these bytes were on their way
    line.heardAt = now;
    line.doubted = false;
    if (line.seals === null) {
      this.greet(line, data);
      return [];
    }
    const frame = line.seals.incoming.open(data);
    if (!line.proved) {
      line.proved = true;
      this.consider(link, line);
    }
    const kind = frame[0] ?? -1;
    if ((kind !== DATA || frame.length <= DATA_HEAD_BYTES) && !line.frames.take(1, now)) {
      throw new LinkRefusedError("the other end sends frames without end, and nothing in them");
    }
    if (kind === DATA || kind === ACK) {
      const arrived = this.stream.receive(frame);
      return arrived === null ? [] : [{ type: "delivered", ...arrived }];
    }
    if (kind === SWITCH && frame.length === SWITCH_BYTES) {
      const [number, ...received] = numbersOf(frame) as [number, number, number, number];
      return this.switchTo(link, line, number, received);
    }
    if (kind === PLEASE && this.role === "console") {
      const happenings = this.giveUpOthers(link, line);
      if (link !== this.wanted) this.saySwitch(link, line); // else it has been said on it, or is just being said
      return happenings;
    }
    if (kind === PING && frame.length === PING_BYTES) line.put(frameOf(PONG, numbersOf(frame)));
    else if (kind === PONG && frame.length === PING_BYTES) this.measure(link, line, numbersOf(frame)[0]!, now);
    else if (kind !== PROOF) {
      throw new LinkRefusedError(`a frame of kind ${kind} and ${frame.length} bytes is unknown here`);
    }
    return [];
  }

  /** Return what is to be written on `link` next, sealed, or null. What is returned must be written. */
  nextBytes(link: number, now: number): Uint8Array | null {
    const line = this.lines.get(link);
    if (line === undefined) return null;
    const frame = line.take();
    if (frame !== null) return frame[0] === MAGIC[0] ? frame : seal(line, frame);
    if (link !== this.activeLink) return null;
    const following = this.stream.nextFrame();
    if (following === null) return null;
    this.wroteAt = now;
    return seal(line, following);
  }

  /** Let time pass: ask silent links, give up dead ones. Call about twice a second. */
  tick(now: number): Happening[] {
    const happenings: Happening[] = [];
    for (const [link, line] of [...this.lines]) {
      const reason = this.reasonToGiveUp(link, line, now);
      if (reason !== null) happenings.push({ type: "gaveUp", link, reason }, ...this.drop(link, now));
      else if (this.wantsPing(link, line, now)) this.ping(line, now);
      if (link === this.activeLink && !line.doubted && silentFor(line, now) > DOUBT_SECONDS) {
        line.doubted = true;
        happenings.push({ type: "doubted" });
      }
    }
    return happenings;
  }

  private get activeLine(): Line | undefined {
    return this.activeLink === null ? undefined : this.lines.get(this.activeLink);
  }

  private useNone(): void {
    this.activeLink = null;
    this.rtt = null;
  }

  private greet(line: Line, hello: Uint8Array): void {
    const expected = concatBytes(MAGIC, Uint8Array.of(ROLES[PEERS[this.role]]));
    if (hello.length !== HELLO_BYTES || !equalBytes(hello.subarray(0, expected.length), expected)) {
      throw new LinkRefusedError("the other end does not greet as Deskside does");
    }
    const theirs = hello.slice(expected.length);
    if (equalBytes(theirs, line.nonce)) throw new LinkRefusedError("the other end repeats our greeting");
    line.seals = this.keys(line, theirs);
    line.put(Uint8Array.of(PROOF));
  }

  private keys(line: Line, theirs: Uint8Array): SealPair {
    const [applet, console] = this.role === "applet" ? [line.nonce, theirs] : [theirs, line.nonce];
    const context = concatBytes(Uint8Array.of(line.kind), applet, console, line.binding);
    const from = (role: Role) => new Seal(derive(this.root, `link from ${role}`, context));
    return { outgoing: from(this.role), incoming: from(PEERS[this.role]) };
  }

  /** Decide whether a link that has just proved itself is the one to use. */
  private consider(link: number, line: Line): void {
    if (this.role === "applet") {
      if (this.stranded) line.put(Uint8Array.of(PLEASE));
      return;
    }
    const wanted = this.wanted === null ? undefined : this.lines.get(this.wanted);
    if (wanted === undefined || line.kind >= wanted.kind) this.saySwitch(link, line);
  }

  private saySwitch(link: number, line: Line): void {
    this.wanted = link;
    this.switched = false;
    this.switchNumber++;
    this.putSwitch(line);
  }

  private putSwitch(line: Line): void {
    line.put(frameOf(SWITCH, [this.switchNumber, ...this.stream.received]));
  }

  /** The other end says SWITCH: the applet obeys the newest, the console takes the answer to its newest. */
  private switchTo(link: number, line: Line, number: number, received: Received): Happening[] {
    if (this.role === "applet") {
      if (number <= this.switchNumber) return [];
      this.switchNumber = number;
      this.putSwitch(line);
    } else if (number !== this.switchNumber || link !== this.wanted || this.switched) {
      return [];
    }
    this.switched = true;
    this.stream.rewind(received);
    this.stranded = false;
    const happenings: Happening[] = [];
    if (this.activeLink !== link) {
      this.activeLink = link;
      this.rtt = null;
      happenings.push({ type: "moved", kind: line.kind });
    }
    if (this.role === "console") happenings.push(...this.giveUpOthers(link, line));
    return happenings;
  }

  /** Let go of links that `line` has replaced, or that the applet has lost; a standby of a lesser kind stays. */
  private giveUpOthers(link: number, line: Line): Happening[] {
    const happenings: Happening[] = [];
    for (const [other, held] of [...this.lines]) {
      if (other === link || !held.proved || held.kind < line.kind) continue;
      this.lines.delete(other);
      if (other === this.activeLink) this.useNone();
      happenings.push({ type: "gaveUp", link: other, reason: "another link has taken its place" });
    }
    return happenings;
  }

  private fallBack(now: number): void {
    const left = [...this.lines].filter(([, line]) => line.proved);
    this.wanted = null;
    if (left.length === 0) {
      this.stranded = true;
      return;
    }
    const [best, line] = left.reduce((one, other) => (isBetter(other, one) ? other : one));
    if (this.role === "console") this.saySwitch(best, line);
    else line.put(Uint8Array.of(PLEASE));
    this.ping(line, now);
  }

  private measure(link: number, line: Line, number: number, now: number): void {
    const sentAt = line.pings.get(number);
    if (sentAt === undefined) throw new LinkRefusedError("answers a question that was not asked");
    line.pings.delete(number);
    line.pings = new Map([...line.pings].filter(([, at]) => at >= sentAt));
    if (link === this.activeLink) {
      const sample = now - sentAt;
      this.rtt = this.rtt === null ? sample : 0.75 * this.rtt + 0.25 * sample;
    }
  }

  private wantsPing(link: number, line: Line, now: number): boolean {
    if (!line.proved) return false;
    const isBusy = link === this.activeLink && now - this.wroteAt < 2 * BUSY_PING_SECONDS;
    if (isBusy || (link === this.activeLink && this.rtt === null)) return now - line.pingedAt >= BUSY_PING_SECONDS;
    return now - Math.max(line.heardAt, line.pingedAt) >= IDLE_PING_SECONDS;
  }

  private ping(line: Line, now: number): void {
    this.pingNumber = (this.pingNumber + 1) >>> 0;
    line.pings.set(this.pingNumber, now);
    line.pingedAt = now;
    if (line.pings.size > MOST_PINGS) {
      for (const oldest of line.pings.keys()) {
        line.pings.delete(oldest);
        break;
      }
    }
    line.put(frameOf(PING, [this.pingNumber]));
  }

  private reasonToGiveUp(link: number, line: Line, now: number): string | null {
    if (!line.proved) return now - line.openedAt > GREETING_SECONDS ? "it did not prove itself in time" : null;
    const hasStandby = [...this.lines.values()].some((other) => other !== line && other.proved);
    const patience = hasStandby && link === this.activeLink ? SILENCE_SECONDS : LONE_SILENCE_SECONDS;
    return silentFor(line, now) > patience ? "it fell silent" : null;
  }
}

function isBetter([link, line]: [number, Line], [otherLink, other]: [number, Line]): boolean {
  return line.kind > other.kind || (line.kind === other.kind && link > otherLink);
}

/** Return for how long a link has not answered what it was asked. */
function silentFor(line: Line, now: number): number {
  let first = Number.POSITIVE_INFINITY;
  for (const at of line.pings.values()) if (at > line.heardAt) first = Math.min(first, at);
  return first === Number.POSITIVE_INFINITY ? 0 : now - Math.max(first, line.heardAt);
}

function seal(line: Line, frame: Uint8Array): Uint8Array {
  if (line.seals === null) throw new Error("only HELLO goes out before both ends greeted");
  return line.seals.outgoing.close(frame);
}

/** Return a frame of this kind with numbers of four bytes. */
function frameOf(kind: number, numbers: readonly number[]): Uint8Array {
  const frame = new Uint8Array(1 + 4 * numbers.length);
  frame[0] = kind;
  const view = new DataView(frame.buffer);
  for (const [at, number] of numbers.entries()) view.setUint32(1 + 4 * at, number, true);
  return frame;
}

/** Return the numbers after a frame's kind. */
function numbersOf(frame: Uint8Array): number[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return Array.from({ length: (frame.length - 1) / 4 }, (_, at) => view.getUint32(1 + 4 * at, true));
}
