/**
 * What the customer allows, as applet/session/consent.py, which says why. Pure, and the only place where a permission
 * comes into being.
 *
 * A page shows a screen or a camera and lets a session be recorded. It has no control and no shared clipboard to give: those are
 * not permitted here, whatever the relay says.
 */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import type { Question } from "./uiState.ts";

/** What a page can allow at all. */
const POSSIBLE: ReadonlySet<Access> = new Set<Access>(["view", "camera", "record"]);

/** The permissions of one session. Methods return what must be said to the technician, in this order. */
export class Consent {
  granted: ReadonlySet<Access> = new Set();
  question: Question | null = null;
  /** Whether this console was ever allowed to record, so that what it recorded may be vouched for. */
  hasRecorded = false;
  private permitted: ReadonlySet<Access> = new Set();
  private recordsApart = true;
  private serial = 0;
  /** What the console calls the open question. Only for telling it: numbers may come twice. */
  private number = 0;

  /** Let the technician ask for these from now on. Without `recordsApart` the question for the screen may name the recording too. */
  permit(access: Iterable<Access>, recordsApart: boolean): void {
    this.permitted = new Set([...access].filter((each) => POSSIBLE.has(each)));
    this.recordsApart = recordsApart;
  }

  allows(access: Access): boolean {
    return this.granted.has(access);
  }

  /** The technician asks for something, with `record` also to record what is seen. */
  ask(number: number, access: Access, record = false): SessionMessage[] {
    if (this.question !== null && this.number === number) return [];
    let [asked, records] = [access, record && !this.granted.has("record")];
    // Only the recording is new, so that is what the question says.
    if (this.granted.has(asked) && records) [asked, records] = ["record", false];
    if (this.granted.has(asked)) return [{ kind: "answered", number, allowed: true }];
    if (!this.permitted.has(asked) || (records && !this.mayNameRecording(asked))) {
      return [{ kind: "answered", number, allowed: false, permitted: false }];
    }
    const replaced: SessionMessage[] =
      this.question === null ? [] : [{ kind: "answered", number: this.number, allowed: false }];
    this.serial += 1;
    this.number = number;
    const offers: Access[] = asked === "camera" ? ["view", asked] : [asked];
    if (records) offers.push("record");
    this.question = {
      serial: this.serial,
      access: asked,
      offers,
      records: this.granted.has("record") || offers.includes("record"),
      isOneAnswer: records,
    };
    return [...replaced, { kind: "asking", number }];
  }

  /** Whether a yes to the question with this serial would still give what it asks for. */
  canGive(serial: number): boolean {
    const { question } = this;
    if (question === null || question.serial !== serial) return false;
    return question.access === "record" || this.permitted.has(question.access);
  }

  /** The customer answers the question with this serial. Nothing allowed is no. Other serials mean nothing. */
  answer(serial: number, allowed: Iterable<Access>): SessionMessage[] {
    const question = this.question;
    if (question === null || question.serial !== serial) return [];
    const canGive = this.canGive(serial);
    this.question = null;
    const before = this.granted;
    let taken = [...allowed].filter((each) => question.offers.includes(each));
    // The organisation may have taken it back while the question was on the screen.
    if (!canGive || !taken.includes(question.access)) taken = taken.filter((each) => each === "record");
    if (question.isOneAnswer && taken.length < question.offers.length) taken = [];
    this.granted = new Set([...before, ...taken]);
    this.hasRecorded ||= this.granted.has("record");
    return [
      ...this.changed(before),
      { kind: "answered", number: this.number, allowed: this.granted.has(question.access) },
    ];
  }

  /** The technician no longer needs the answer. */
  withdraw(number: number): SessionMessage[] {
    if (this.question !== null && this.number === number) this.question = null;
    return [];
  }

  /** The technician, or the customer, takes one permission back. A camera that is not seen is not shown. */
  release(access: Access): SessionMessage[] {
    const before = this.granted;
    const released: Access[] = before.has("camera") && access !== "record" ? ["view", "camera"] : [access];
    this.granted = new Set([...before].filter((each) => !released.includes(each)));
    return this.changed(before);
  }

  /** The session is on hold, or handed over: nothing is allowed any more, and no question is open. */
  interrupt(): SessionMessage[] {
    const refused: SessionMessage[] =
      this.question === null ? [] : [{ kind: "answered", number: this.number, allowed: false }];
    const before = this.granted;
    this.granted = new Set();
    this.question = null;
    return [...this.changed(before), ...refused];
  }

  /** The customer takes everything back at once. */
  stop(): SessionMessage[] {
    const refused: SessionMessage[] =
      this.question === null ? [] : [{ kind: "answered", number: this.number, allowed: false }];
    const had = this.granted.size > 0;
    this.granted = new Set();
    this.question = null;
    if (!had && refused.length === 0) return [];
    return [{ kind: "granted", access: [] }, ...refused, { kind: "stopped", by_key: false }];
  }

  /** Another console is there: nothing that was allowed before holds. */
  startOver(): void {
    this.granted = new Set();
    this.question = null;
    this.hasRecorded = false;
  }

  private changed(before: ReadonlySet<Access>): SessionMessage[] {
    const same = before.size === this.granted.size && [...before].every((each) => this.granted.has(each));
    return same ? [] : [{ kind: "granted", access: [...this.granted].sort() }];
  }

  private mayNameRecording(access: Access): boolean {
    return (access === "view" || access === "camera") && this.permitted.has("record") && !this.recordsApart;
  }
}
