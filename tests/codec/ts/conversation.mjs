/** Carries out the steps of tests/codec/session/conversations.py with the path managers of TypeScript. */

import { createHash } from "node:crypto";
import { bytes, hex } from "./golden.mjs";

const { MOST_PINGS } = await import(`${process.env.CODEC}/session/pathManager.gen.js`);
const { PathManager } = await import(`${process.env.CODEC}/session/pathManager.js`);
const { Stream } = await import(`${process.env.CODEC}/session/stream.js`);
const { LANES, USUAL_LIMITS } = await import(`${process.env.CODEC}/session/lanes.js`);
const { DesksideError } = await import(`${process.env.CODEC}/errors.js`);

const BEGINNING = 100;
const SHORT = 24;
const ROLES = ["applet", "console"];
const WAITING_FRAMES = 6;

/** Bytes as a person can compare them. */
function shortened(data) {
  if (data.length <= SHORT) return hex(data);
  return `${data.length}:${createHash("sha256").update(data).digest("hex").slice(0, 16)}`;
}

/** What happened, as Python writes it down. */
function plain(happening) {
  switch (happening.type) {
    case "delivered":
      return ["delivered", happening.lane, shortened(happening.message)];
    case "moved":
      return ["moved", happening.kind];
    case "gaveUp":
      return ["gaveUp", happening.link, happening.reason];
    case "doubted":
      return ["doubted"];
  }
}

/** Both ends, the links between them, and a clock. */
export class Conversation {
  constructor() {
    this.now = BEGINNING;
    this.ends = Object.fromEntries(ROLES.map((role) => [role, new PathManager(role, new Uint8Array(32), new Stream())]));
    this.links = [];
  }

  /** Carry out a step and return the answer. */
  take(step) {
    const answer = {};
    this.carryOut(step, answer);
    return { ...answer, ends: ROLES.map((role) => state(this.ends[role])) };
  }

  carryOut([what, ...rest], answer) {
    if (what === "wait") {
      this.now += rest[0];
    } else if (what === "pump") {
      for (let left = rest[0]; left > 0; left--) {
        const said = this.links.flatMap((link) => ROLES.map((role) => this.pass(role, link, answer)));
        if (!said.some(Boolean)) break;
      }
    } else if (what === "repeat") {
      const [times, again] = rest;
      for (let left = times; left > 0 && answer.refused === undefined; left--) this.carryOut(again, answer);
    } else {
      const [role, ...details] = rest;
      this.at(role, what, details, answer);
    }
  }

  at(role, what, details, answer) {
    const end = this.ends[role];
    const [link, ...more] = details;
    switch (what) {
      case "open":
        end.open(link, more[0], bytes(more[1]), bytes(more[2]), this.now);
        if (!this.links.includes(link)) this.links.push(link);
        return;
      case "carry":
        this.pass(role, link, answer);
        return;
      case "lose":
        this.say(role, link, answer);
        return;
      case "flip": {
        const said = this.say(role, link, answer)?.slice();
        if (said === undefined) return;
        said[more[0] % said.length] ^= 1;
        this.hear(peerOf(role), link, said, answer);
        return;
      }
      case "inject": {
        const seals = end.lines.get(link)?.seals;
        const frame = new Uint8Array([...bytes(more[0]), ...new Uint8Array(more[1] ?? 0)]);
        if (seals) this.hear(peerOf(role), link, seals.outgoing.close(frame), answer);
        return;
      }
      case "garbage":
        this.hear(role, link, bytes(more[0]), answer);
        return;
      case "tick":
        note(end.tick(this.now), answer);
        checkBounds(end);
        return;
      case "ask":
        end.ask(this.now);
        return;
      case "drop":
        note(end.drop(link, this.now), answer);
        return;
      case "send":
        try {
          end.stream.send(details[0], new Uint8Array(details[2]).fill(details[1]));
        } catch (error) {
          answer.refused = refusal(error);
        }
        return;
      case "discard":
        end.stream.discard(details[0]);
        return;
      case "acknowledge":
        end.stream.acknowledge();
        return;
    }
    throw new Error(`there is no step ${what}`);
  }

  pass(role, link, answer) {
    const said = this.say(role, link, answer);
    if (said !== null) this.hear(peerOf(role), link, said, answer);
    return said !== null;
  }

  say(role, link, answer) {
    const said = this.ends[role].nextBytes(link, this.now);
    if (said !== null) (answer.said ??= []).push(shortened(said));
    return said;
  }

  hear(role, link, data, answer) {
    const end = this.ends[role];
    try {
      note(end.receive(link, data, this.now), answer);
    } catch (error) {
      answer.refused = refusal(error);
      note(end.drop(link, this.now), answer);
    }
    checkBounds(end);
  }
}

function peerOf(role) {
  return role === "applet" ? "console" : "applet";
}

/** Return the name of an error that Deskside names; any other is a mistake of ours. */
function refusal(error) {
  if (!(error instanceof DesksideError)) throw error;
  return error.name;
}

function note(happenings, answer) {
  if (happenings.length > 0) (answer.heard ??= []).push(...happenings.map(plain));
}

function state(end) {
  const { active, kind, isDoubted, rtt, stream } = end;
  return [active, kind, isDoubted, rtt, stream.owesAcknowledgement, ...LANES.map((lane) => stream.unacknowledgedBytes(lane))];
}

/** What an end keeps has its bounds, whatever its peer says (tests/fuzz/stream.py). */
function checkBounds(end) {
  for (const line of end.lines.values()) {
    if (line.outbox.size > WAITING_FRAMES) throw new Error(`${line.outbox.size} frames wait`);
    if (line.pings.size > MOST_PINGS) throw new Error(`${line.pings.size} questions are open`);
  }
  for (const [lane, incoming] of end.stream.incoming.entries()) {
    const held = incoming.parts.reduce((sum, part) => sum + part.length, 0);
    if (held !== incoming.partsBytes || held > USUAL_LIMITS[lane].messageBytes) throw new Error(`${held} bytes are held`);
    if (incoming.parts.length > 1 + held / 1_000) throw new Error("chunks that hold nothing are kept");
  }
}
