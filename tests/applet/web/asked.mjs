/** What Python asks of the customer's page, a line of JSON for each question (tests/support/node.py). No browser is there. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answering } from "../../codec/ts/answering.mjs";

const { CameraTool } = await import(`${process.env.JOIN}/tools/camera.js`);
const { Consent } = await import(`${process.env.JOIN}/session/consent.js`);
const { Conversation } = await import(`${process.env.JOIN}/session/conversation.js`);
const { BadCodeError, digestOf, readCode, readDigits } = await import(`${process.env.JOIN}/session/codes.js`);
const { WrongSecrets } = await import(`${process.env.JOIN}/session/wrongSecrets.js`);
const { readToApplet, write } = await import(`${process.env.JOIN}/session/signals.js`);
const { StateTeller } = await import(`${process.env.JOIN}/session/stateTeller.js`);
const { hasNews, keptVisit, readVisit, readWrongSecrets } = await import(`${process.env.JOIN}/state/kept.js`);
const { shownName } = await import(`${process.env.JOIN}/session/names.js`);
const { askAbout } = await import(`${process.env.JOIN}/state/facts.js`);
const { FRESH } = await import(`${process.env.JOIN}/session/uiState.js`);
const { ScreenShare } = await import(`${process.env.JOIN}/capture/screenShare.js`);
const { FilmTimes } = await import(`${process.env.JOIN}/capture/filmTimes.js`);
const { isSlowFor } = await import(`${process.env.JOIN}/capture/slowLine.js`);
const { Encoder } = await import(`${process.env.CODEC}/picture/encoder.js`);
const wasm = readFileSync(fileURLToPath(import.meta.resolve("@deskside/codec/encoder.wasm")));
const encoder = Encoder.create(await WebAssembly.compile(wasm));
const { planesOf, SCREEN_COLORS } = await import(`${process.env.JOIN}/capture/planes.js`);
const { computerName, systemName } = await import(`${process.env.JOIN}/machine.js`);
const { resultsOf, verdictOf } = await import(`${process.env.JOIN}/check/rules.js`);

await answering({
  /** Which version the first packet of what is shown has; `copies` says whether the browser copies its planes. */
  firstPacket: (packets, copies) =>
    new Promise((resolve, reject) => {
      const frame = {
        format: "I420",
        colorSpace: { matrix: "smpte170m", fullRange: false },
        visibleRect: { x: 0, y: 0, width: 33, height: 21 },
        copyTo: async (_data, { format }) => {
          if (format === undefined && !copies) throw new Error("no planes here");
        },
      };
      const send = ({ kind, packet }) => kind === "picture" && resolve(packet[0]);
      const share = new ScreenShare(() => encoder, () => null, send, () => {}, reject, () => 1);
      share.show({ newest: frame, untold: null, close: () => {} });
      share.watch(0, packets, false);
    }),
  /** What a screen's film answers these calls. */
  filmTimes: (calls) => {
    const times = new FilmTimes();
    return calls.map(([method, ...about]) => times[method](...about) ?? null);
  },
  /** Whether a line may be too slow for so many pixels. */
  isSlowFor: (pixels, bytesPerSecond) => isSlowFor(pixels, bytesPerSecond),
  /** What the planes of a frame are that says so much of itself; null where it is read in colours. */
  planes: (frame, untold) => planesOf(frame, untold ? SCREEN_COLORS : null),
  /** What a test before a session found out: each result, and what works. */
  check: (measured) => {
    const results = resultsOf(measured);
    return { results: Object.fromEntries(results.map(({ cause, outcome }) => [cause, outcome])), verdict: verdictOf(results) };
  },
  /** How often the page is given another picture to hold while a technician freezes and goes on so often. */
  freezes: async (times) => {
    const host = { uiState: FRESH, send: () => true, show: (uiState) => (host.uiState = uiState) };
    let held = 0;
    const share = { hold: async () => ({}), goOn: () => {} };
    const tool = new CameraTool(host, share, () => (held += 1));
    tool.begin({ facing: "back", cameras: 1, torch: null, interrupted: false });
    for (let time = 0; time < times; time += 1) {
      tool.take({ kind: "freeze", on: time % 2 === 0 });
      await Promise.resolve();
      await Promise.resolve();
    }
    const byThem = held;
    const { frozenSince } = host.uiState.camera;
    await tool.freeze(frozenSince === null);
    const byTheCustomer = held - byThem;
    await tool.freeze(true);
    await tool.freeze(false, true);
    return { byThem, byTheCustomer, isStillFrozen: host.uiState.camera.frozenSince !== null };
  },
  /** What a consent says to each call, and what holds and is asked afterwards. */
  consent: (calls) => {
    const consent = new Consent();
    return calls.map(([method, ...about]) => {
      const said = consent[method](...about) ?? [];
      const { granted, question, hasRecorded } = consent;
      return { said, granted: [...granted].sort(), question, hasRecorded };
    });
  },
  /** What a conversation says to each call, and what the customer reads afterwards. */
  conversation: (calls) => {
    const conversation = new Conversation();
    let uiState = FRESH;
    return calls.map(([method, about, ...when]) => {
      const outcome = conversation[method](about, uiState, ...when);
      uiState = outcome.uiState;
      const { chat, chatOn, technicianTypes } = uiState;
      return { said: outcome.said, chat: chat.slice(-3), chatOn, technicianTypes };
    });
  },
  /** What is said again after the page was loaded again with this in its state. */
  sayAgain: (about) => new Conversation().sayAgain({ ...FRESH, ...about }),
  /** The code that was typed, or why it is none. */
  code: (typed, relay) => {
    try {
      const code = readCode(typed, relay);
      return { ...code, digest: digestOf(code) };
    } catch (error) {
      if (!(error instanceof BadCodeError)) throw error;
      return error.problem;
    }
  },
  digits: (typed) => {
    try {
      return { digits: readDigits(typed) };
    } catch (error) {
      if (!(error instanceof BadCodeError)) throw error;
      return error.problem;
    }
  },
  /** What wrong secrets say to each call, and what they keep in the end. */
  wrongSecrets: (calls) => {
    let kept = [];
    const secrets = new WrongSecrets((codes) => {
      kept = codes;
    });
    const answers = calls.map(([method, ...about]) => secrets[method](...about) ?? null);
    return { answers, kept };
  },
  visit: readVisit,
  /** What a tab keeps of a session with this in its state, as the storage has it; and whether it must be kept again. */
  kept: (wayBack, about) => JSON.stringify(keptVisit(wayBack, { ...FRESH, ...about })),
  hasNews: (before, now) => hasNews({ ...FRESH, ...before }, { ...FRESH, ...now }),
  keptSecrets: readWrongSecrets,
  /** What the page is told, by number, when states are told in turn, and some are taken. */
  states: (calls) => {
    const said = [];
    const teller = new StateTeller((state) => said.push(state));
    for (const call of calls) call === "taken" ? teller.taken() : teller.tell(call);
    return said;
  },
  /** Read each of these signals of the relay: what it says, or the name of why it is refused. */
  signals: (texts) =>
    texts.map((text) => {
      try {
        return readToApplet(text);
      } catch (error) {
        return error.name;
      }
    }),
  write: (signal, key) => write(key === null ? signal : { ...signal, key: Uint8Array.from(key) }),
  shownName,
  /** What the page takes from this answer of the relay about itself. */
  about: async (told) => {
    globalThis.fetch = async () => Response.json(told);
    return askAbout();
  },
  machine: (userAgent) => [computerName({ userAgent }), systemName({ userAgent })],
});
