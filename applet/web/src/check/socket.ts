/** What the socket to the relay tells: whether it opens, how long an answer takes, how much it carries, what time it is there. */

import { CHECK_PATH, type FromCheck, MOST_BYTES, PART_BYTES, type ToCheck } from "./relay.gen.ts";
import type { Measured } from "./rules.ts";

type OfSocket = Pick<Measured, "socket" | "rttMs" | "downMbit" | "upMbit" | "clockSeconds">;

const OPEN_MS = 8_000;
const ANSWER_MS = 5_000;
/** On a slow line what came so far tells enough. */
const SPEED_MS = 4_000;
/** So long may what is sent wait in the line: then its rate is known, and nothing is long in the way. */
const WAITS_MS = 300;
const QUESTIONS = 5;
const TRY_AGAIN_LATER = 1013;
const NOTHING = { rttMs: null, downMbit: null, upMbit: null, clockSeconds: null };

/** Ask the relay. `reaches` says whether its pages come through, which tells a blocked socket from a relay that is not there. */
export async function askSocket(origin: string, reaches: () => Promise<boolean>): Promise<OfSocket> {
  const socket = new WebSocket(origin.replace(/^http/, "ws") + CHECK_PATH);
  socket.binaryType = "arraybuffer";
  try {
    const line = new Line(socket);
    await within(OPEN_MS, line.opened);
    const { rttMs, clockSeconds } = await askTime(line);
    const upMbit = await upload(line, rttMs);
    const downMbit = await download(line); // last: what the line still brings is in the way of everything else
    return { socket: "works", rttMs, downMbit, upMbit, clockSeconds };
  } catch (error) {
    if (error instanceof ClosedError && error.code === TRY_AGAIN_LATER) return { socket: "busy", ...NOTHING };
    return { socket: (await reaches()) ? "blocked" : "silent", ...NOTHING };
  } finally {
    socket.close();
  }
}

class ClosedError extends Error {
  constructor(readonly code: number) {
    super(`the socket was closed (${code})`);
  }
}

/** What comes over the socket, one after the other. */
class Line {
  readonly opened: Promise<void>;
  private readonly come: (ToCheck | number)[] = [];
  private wake: (() => void) | null = null;
  private closed: ClosedError | null = null;

  constructor(private readonly socket: WebSocket) {
    this.opened = new Promise((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onclose = ({ code }) => {
        this.closed = new ClosedError(code);
        reject(this.closed);
        this.wake?.();
      };
    });
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      this.come.push(typeof data === "string" ? (JSON.parse(data) as ToCheck) : data.byteLength);
      this.wake?.();
    };
  }

  say(said: FromCheck): void {
    this.socket.send(JSON.stringify(said));
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.socket.send(bytes);
  }

  /** Return what comes next: what the relay says, or how many bytes. Rejects with ClosedError. */
  async next(): Promise<ToCheck | number> {
    for (;;) {
      const next = this.come.shift();
      if (next !== undefined) return next;
      if (this.closed !== null) throw this.closed;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function askTime(line: Line): Promise<{ rttMs: number; clockSeconds: number }> {
  const answers: { rttMs: number; clockSeconds: number }[] = [];
  for (let count = 0; count < QUESTIONS; count++) {
    const asked = performance.now();
    line.say({ type: "ask_time" });
    const answer = await within(ANSWER_MS, line.next());
    if (typeof answer === "number" || answer.type !== "time") throw new ClosedError(0);
    const rttMs = performance.now() - asked;
    answers.push({ rttMs, clockSeconds: (Date.now() - rttMs / 2 - Date.parse(answer.now)) / 1000 });
  }
  return answers.sort((one, other) => one.rttMs - other.rttMs)[Math.floor(QUESTIONS / 2)]!;
}

async function download(line: Line): Promise<number> {
  line.say({ type: "ask_bytes" });
  return mbit(async (time) => {
    let size = 0;
    while (size < MOST_BYTES && time() < SPEED_MS) {
      const come = await within(SPEED_MS, line.next());
      if (typeof come === "number") size += come;
    }
    return size;
  });
}

async function upload(line: Line, rttMs: number): Promise<number> {
  const part = crypto.getRandomValues(new Uint8Array(PART_BYTES));
  return mbit(async (time) => {
    const sentAt: number[] = [];
    let [taken, ahead] = [0, 1];
    while (taken < MOST_BYTES && time() < SPEED_MS) {
      while (sentAt.length < ahead && taken + sentAt.length * PART_BYTES < MOST_BYTES) {
        line.send(part);
        sentAt.push(time());
      }
      const come = await within(SPEED_MS, line.next());
      if (typeof come === "number" || come.type !== "taken") continue;
      taken = come.size;
      if (time() - sentAt.shift()! - rttMs < WAITS_MS) ahead += 1;
    }
    return taken;
  });
}

/** Return how much went through in a second, where `move` returns how many bytes did. */
async function mbit(move: (time: () => number) => Promise<number>): Promise<number> {
  const began = performance.now();
  const time = () => performance.now() - began;
  const size = await move(time);
  return (size * 8) / 1000 / Math.max(1, time());
}

/** Rejects where it takes longer. */
async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ClosedError(0)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
