/** What was measured before a session, and what follows from it: which parts of a session work, and why others do not. Pure. */

/** What the page found out. What was not measured is null. */
export interface Measured {
  /** Whether the address is one that browsers trust. */
  secure: boolean;
  phone: boolean;
  wasm: boolean;
  /** Whether the browser keeps something for this page, over a reload. */
  storage: boolean;
  /** Whether this browser can show a screen. */
  shows: boolean;
  /** Null at an address that is not encrypted: browsers give it none. */
  camera: Camera | null;
  /** Whether a data channel between two connections of this very page opened. */
  channel: boolean;
  /** Whether the relay's STUN server answered by UDP; null where it has none. */
  udp: boolean | null;
  socket: SocketOutcome;
  rttMs: number | null;
  downMbit: number | null;
  upMbit: number | null;
  /** How far this computer's clock is ahead of the relay's. */
  clockSeconds: number | null;
}

export type Camera = "ready" | "asks" | "off" | "none" | "unsupported";
/** "blocked": pages come through, the socket does not. */
export type SocketOutcome = "works" | "busy" | "blocked" | "silent";

export type Test = "address" | "browser" | "camera" | "screen" | "direct" | "server" | "speed" | "clock";
/** `note`: works, with something to know. */
export type Outcome = "good" | "note" | "bad";

/** Why a test came out as it did. Each has its sentence, and its steps where there is something to do. */
export type Cause =
  | "address_open"
  | "browser_old"
  | "browser_forgets"
  | "camera_ready"
  | "camera_asks"
  | "camera_off"
  | "camera_none"
  | "camera_unsupported"
  | "screen_works"
  | "screen_phone"
  | "screen_unsupported"
  | "direct_works"
  | "direct_untested"
  | "direct_no_udp"
  | "direct_unsupported"
  | "server_works"
  | "server_slow"
  | "server_busy"
  | "server_blocked"
  | "server_silent"
  | "speed_sharp"
  | "speed_enough"
  | "speed_slow"
  | "clock_right"
  | "clock_wrong";

export interface Result {
  test: Test;
  outcome: Outcome;
  cause: Cause;
}

/** What a session from this page can do here. */
export interface Verdict {
  /** `none`: there can be no session from this page at all. `later`: ask again, nothing is known. */
  session: "ready" | "some" | "none" | "later";
  screen: boolean;
  camera: boolean;
  direct: boolean;
  /** What to do first, null where nothing is to be done. */
  first: Result | null;
}

/** A full screen that scrolls takes about so much (tests/perf). */
export const SHARP_MBIT = 4;
/** Below this a picture takes seconds. */
export const ENOUGH_MBIT = 0.5;
/** An answer that takes longer is felt at every key. */
export const SLOW_RTT_MS = 400;
/** A clock may be wrong by so much before anything notices. */
export const CLOCK_SECONDS = 120;

/** Return what each test says, in the order in which they are read. */
export function resultsOf(measured: Measured): Result[] {
  const results: (Result | null)[] = [
    measured.secure ? null : { test: "address", outcome: "bad", cause: "address_open" },
    browser(measured),
    camera(measured),
    screen(measured),
    server(measured),
    direct(measured),
    speed(measured),
    clock(measured),
  ];
  return results.filter((each) => each !== null);
}

/** Return what works, from what each test says. */
export function verdictOf(results: readonly Result[]): Verdict {
  const has = (cause: Cause) => results.some((each) => each.cause === cause);
  const first = results.find((each) => each.outcome === "bad") ?? null;
  const none = has("address_open") || has("server_blocked") || has("server_silent");
  const session = none ? "none" : has("server_busy") ? "later" : first === null ? "ready" : "some";
  return {
    session,
    screen: has("screen_works"),
    camera: has("camera_ready") || has("camera_asks"),
    direct: has("direct_works"),
    first,
  };
}

function browser({ secure, wasm, storage }: Measured): Result | null {
  if (!secure) return null; // an address that is not trusted is told less
  if (!wasm) return { test: "browser", outcome: "bad", cause: "browser_old" };
  return storage ? null : { test: "browser", outcome: "note", cause: "browser_forgets" };
}

function camera(measured: Measured): Result | null {
  const outcomes: Record<Camera, Outcome> = {
    ready: "good",
    asks: "good",
    off: measured.shows ? "note" : "bad", // who can show the screen needs none
    none: "note",
    unsupported: "note",
  };
  const found = measured.camera;
  return found === null || !measured.secure
    ? null
    : { test: "camera", outcome: outcomes[found], cause: `camera_${found}` };
}

function screen({ secure, wasm, shows, phone }: Measured): Result | null {
  if (!secure || !wasm) return null;
  if (shows) return { test: "screen", outcome: "good", cause: "screen_works" };
  return phone
    ? { test: "screen", outcome: "note", cause: "screen_phone" }
    : { test: "screen", outcome: "bad", cause: "screen_unsupported" };
}

function server({ socket, rttMs }: Measured): Result {
  if (socket === "silent" || socket === "blocked") return { test: "server", outcome: "bad", cause: `server_${socket}` };
  if (socket === "busy") return { test: "server", outcome: "note", cause: "server_busy" };
  return rttMs !== null && rttMs > SLOW_RTT_MS
    ? { test: "server", outcome: "note", cause: "server_slow" }
    : { test: "server", outcome: "good", cause: "server_works" };
}

function direct({ channel, udp }: Measured): Result {
  if (!channel) return { test: "direct", outcome: "note", cause: "direct_unsupported" };
  if (udp === null) return { test: "direct", outcome: "note", cause: "direct_untested" };
  return udp
    ? { test: "direct", outcome: "good", cause: "direct_works" }
    : { test: "direct", outcome: "note", cause: "direct_no_udp" };
}

function speed({ upMbit }: Measured): Result | null {
  if (upMbit === null) return null;
  if (upMbit < ENOUGH_MBIT) return { test: "speed", outcome: "bad", cause: "speed_slow" };
  return upMbit < SHARP_MBIT
    ? { test: "speed", outcome: "note", cause: "speed_enough" }
    : { test: "speed", outcome: "good", cause: "speed_sharp" };
}

function clock({ clockSeconds }: Measured): Result | null {
  if (clockSeconds === null) return null;
  return Math.abs(clockSeconds) > CLOCK_SECONDS
    ? { test: "clock", outcome: "note", cause: "clock_wrong" }
    : { test: "clock", outcome: "good", cause: "clock_right" };
}
