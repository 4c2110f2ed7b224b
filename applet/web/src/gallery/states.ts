/** Made-up states, one for each view and each of its kinds. For tests and pictures only. */

import { FRESH, type UiState } from "../session/uiState.ts";
import type { Brought } from "../state/address.ts";
import type { Abilities } from "../state/facts.ts";

export interface Example {
  state: UiState;
  can?: Partial<Abilities>;
  brought?: Brought;
}

const AT = Date.UTC(2026, 10, 23, 13, 5);
const MINUTE = 60_000;
const SINCE = Date.now() - 6.2 * MINUTE;
const CALLER = { technician: "Anna de Vries", organisation: "Northwind IT" };
const CHAT: UiState["chat"] = [
  { text: "Hello! The invoices won’t print on floor 3.", mine: true, at: AT },
  { text: "Thank you, Hélène. I see the message.", mine: false, at: AT + 4 * MINUTE },
  { text: "Choose OK, where the red circle is. Then we connect the printer again.", mine: false, at: AT + 6 * MINUTE },
];
const WORDS = ["amber", "canoe", "violin"];
const LINKS: UiState["chat"] = [
  { text: `Open this: ${location.origin}/s/jL2g8z7p#kMxn83B1`, mine: false, at: AT },
  {
    text: `And never https://elsewhere.example/ or javascript:alert(1) or ${location.origin}.elsewhere.example/`,
    mine: false,
    at: AT,
  },
];
const ASKS: Pick<UiState, "mayAsk"> = { mayAsk: ["view", "record"] };
const WAITING: UiState = { ...FRESH, ...CALLER, ...ASKS, stage: "waiting" };
const QUEUE: UiState = { ...WAITING, technician: "", mayAsk: [] };
const TOGETHER: UiState = { ...WAITING, stage: "together", words: WORDS, beganAt: AT, chat: CHAT.slice(0, 1) };
const CHATS: Pick<UiState, "mayAsk"> = { mayAsk: [] };
const VIEW = { serial: 1, access: "view", offers: ["view"], records: false, isOneAnswer: false } as const;
const ONE_ANSWER = { ...VIEW, serial: 3, offers: ["view", "record"], records: true, isOneAnswer: true } as const;
const CAMERA = { ...VIEW, serial: 4, access: "camera", offers: ["view", "camera"] } as const;
const CAMERA_RECORDED = {
  ...CAMERA,
  serial: 5,
  offers: ["view", "camera", "record"],
  records: true,
  isOneAnswer: true,
} as const;
const RECORD = { serial: 2, access: "record", offers: ["record"], records: true, isOneAnswer: false } as const;
const RECORDING = [{ from: SINCE, to: null }];
const SHOWN: UiState = {
  ...TOGETHER,
  chat: CHAT,
  granted: ["view"],
  allowedOnce: ["view"],
  sharing: { surface: "monitor", width: 1920, height: 1080, since: SINCE },
};
const ENDED: UiState = {
  ...TOGETHER,
  stage: "ended",
  endedAt: AT + 22 * MINUTE,
  ending: "closed_by_technician",
  allowedOnce: ["view", "record"],
  recordings: [{ from: AT + MINUTE, to: AT + 13 * MINUTE }],
};
const LINK: Brought = { way: "link", code: null };
const CHANNEL: Brought = { way: "channel", code: null };
const PHONE = { shows: false, phone: true };

const LONG = "The latest line is longer than any before it. ".repeat(12);

/** A conversation of which no more is kept: each new line takes the place of the oldest. */
function lines(first: number): UiState["chat"] {
  const kinds = ["Line", "שורה", "🧑‍💻👍🏽 ❤️", "a".repeat(300)];
  return Array.from({ length: 120 }, (_, place) => {
    const number = first + place;
    return { text: `${kinds[number % kinds.length]} ${number}`, mine: number % 3 === 0, at: AT + number };
  });
}

function entry(problem: UiState["problem"], retrySeconds: number | null = null): Example {
  return { state: { ...FRESH, problem, retrySeconds } };
}

const FILMING: Partial<Abilities> = { ...PHONE, camera: true };
const FILMS: UiState = { ...TOGETHER, mayAsk: ["camera", "record"] };
const CAMERA_STATE: NonNullable<UiState["camera"]> = {
  facing: "back",
  cameras: 2,
  torch: true,
  zoom: { min: 1, max: 8, step: 0.1, now: 2 },
  interrupted: false,
  frozenSince: null,
  byTechnician: false,
  wish: null,
  photo: null,
};
const FILMED: UiState = {
  ...FILMS,
  chat: CHAT,
  granted: ["view", "camera"],
  allowedOnce: ["camera"],
  sharing: { surface: "camera", width: 720, height: 1280, since: SINCE },
  camera: CAMERA_STATE,
};
const MARKS: UiState["marks"] = [
  { kind: "mark", number: 1, shape: "rectangle", points: [36_000, 20_000, 54_000, 34_000] },
  { kind: "mark", number: 2, shape: "arrow", points: [12_000, 50_000, 34_000, 36_000] },
  {
    kind: "mark",
    number: 3,
    shape: "pen",
    points: [8_000, 8_000, 16_000, 9_000, 20_000, 14_000, 14_000, 18_000, 8_000, 12_000],
  },
];

export const EXAMPLES: Record<string, Example> = {
  entry: { state: FRESH },
  "entry-busy": { state: { ...FRESH, stage: "entering" } },
  "entry-wrong": entry("unknown"),
  "entry-nine": entry("not_whole_nine"),
  "entry-expired": entry("expired"),
  "entry-too-many": entry("too_many", 270),
  "entry-no-server": entry("ended"),
  "link-opening": { state: { ...FRESH, stage: "entering" }, brought: LINK },
  "link-used": { ...entry("used"), brought: LINK },
  "channel-unserved": { ...entry("not_served"), brought: CHANNEL },
  "channel-full": { ...entry("busy", 60), brought: CHANNEL },
  terms: { state: { ...WAITING, terms: { text: "We see your screen only while you let us.", scroll: true } } },
  application: { state: { ...WAITING, application: "Northwind Remote Help" } },
  "terms-long": { state: { ...WAITING, terms: { text: `1. ${LONG}\n\n2. ${LONG.repeat(9)}`, scroll: true } } },
  "terms-lost": {
    state: { ...QUEUE, online: false, terms: { text: LONG.repeat(9), scroll: false } },
    brought: CHANNEL,
  },
  "queue-closed": { state: { ...QUEUE, opensAt: AT }, brought: CHANNEL },
  queue: { state: QUEUE, brought: CHANNEL },
  "queue-third": { state: { ...QUEUE, wait: { seconds: null, position: 3, served: true } }, brought: CHANNEL },
  "waiting-minutes": { state: { ...WAITING, wait: { seconds: 240, position: null, served: true } } },
  "queue-lost": { state: { ...QUEUE, online: false }, brought: CHANNEL },
  insecure: { state: FRESH, can: { secure: false } },
  waiting: { state: WAITING },
  "waiting-lost": { state: { ...WAITING, online: false, attempt: 2 } },
  digits: { state: { ...WAITING, needsDigits: true } },
  "digits-wrong": { state: { ...WAITING, needsDigits: true, problem: "not_extra_digits" } },
  quiet: { state: TOGETHER },
  "quiet-vouched": { state: { ...TOGETHER, vouched: true, technicianTypes: true } },
  "chat-kept": { state: { ...TOGETHER, chat: CHAT, chatKept: true } },
  "chat-full": { state: { ...TOGETHER, chat: lines(0) } },
  "chat-full-next": { state: { ...TOGETHER, chat: [...lines(1).slice(0, -1), { text: LONG, mine: false, at: AT }] } },
  "chat-links": { state: { ...TOGETHER, chat: LINKS } },
  "new-words": { state: { ...TOGETHER, wordsChanged: true } },
  consent: { state: { ...TOGETHER, question: VIEW } },
  "consent-chat": { state: { ...TOGETHER, question: VIEW, chat: CHAT } },
  "consent-recorded": { state: { ...TOGETHER, question: ONE_ANSWER } },
  "consent-vouched": { state: { ...TOGETHER, vouched: true, question: VIEW } },
  "picker-cancelled": { state: { ...TOGETHER, question: VIEW, pickerTrouble: "cancelled" } },
  "picker-denied": { state: { ...TOGETHER, question: VIEW, pickerTrouble: "denied" } },
  "picker-failed": { state: { ...TOGETHER, question: VIEW, pickerTrouble: "failed" } },
  unable: { state: { ...TOGETHER, question: VIEW }, can: { shows: false } },
  shown: { state: SHOWN },
  "shown-window": { state: { ...SHOWN, sharing: { ...SHOWN.sharing!, surface: "window" }, vouched: true } },
  "shown-slow": { state: { ...SHOWN, slowBecause: "narrow_line" } },
  "shown-links": { state: { ...SHOWN, chat: LINKS.slice(0, 1) } },
  "shown-pointed": {
    state: {
      ...SHOWN,
      pointedAt: { x: 0.25, y: 0.5 },
      chat: [...CHAT, { text: "That is it", mine: true, at: AT + 7 * MINUTE }],
    },
  },
  "shown-recorded": { state: { ...SHOWN, granted: ["view", "record"], recordings: RECORDING } },
  "record-question": { state: { ...SHOWN, question: RECORD } },
  stopped: { state: { ...TOGETHER, chat: CHAT, sharingEnd: "stopped", allowedOnce: ["view"] } },
  "stopped-by-browser": { state: { ...TOGETHER, chat: CHAT, sharingEnd: "by_browser", allowedOnce: ["view"] } },
  "stopped-unread": { state: { ...TOGETHER, chat: CHAT, sharingEnd: "failed", allowedOnce: ["view"] } },
  "stopped-by-technician": { state: { ...TOGETHER, chat: CHAT, sharingEnd: "by_technician", allowedOnce: ["view"] } },
  lost: { state: { ...SHOWN, online: false } },
  away: { state: { ...SHOWN, online: false, away: true } },
  "away-here": { state: { ...SHOWN, online: false, away: true, reachesRelay: false } },
  "chat-cut": { state: { ...TOGETHER, chat: CHAT, chatIsCut: true } },
  "chat-off": { state: { ...TOGETHER, chatOn: false } },
  "phone-waiting": { state: { ...WAITING, ...CHATS }, can: PHONE },
  "phone-chat": { state: { ...TOGETHER, ...CHATS, chat: CHAT }, can: PHONE },
  "phone-asked": { state: { ...TOGETHER, question: VIEW }, can: PHONE },
  "phone-camera-asked": { state: { ...FILMS, question: CAMERA }, can: FILMING },
  "phone-camera-recorded-asked": { state: { ...FILMS, question: CAMERA_RECORDED, vouched: true }, can: FILMING },
  "phone-camera-denied": { state: { ...FILMS, question: CAMERA, pickerTrouble: "denied" }, can: FILMING },
  "phone-camera-busy": { state: { ...FILMS, question: CAMERA, pickerTrouble: "busy" }, can: FILMING },
  "phone-camera": { state: { ...FILMED, marks: MARKS }, can: FILMING },
  "phone-camera-wish": { state: { ...FILMED, camera: { ...CAMERA_STATE, wish: "photo" } }, can: FILMING },
  "phone-camera-paused": { state: { ...FILMED, camera: { ...CAMERA_STATE, interrupted: true } }, can: FILMING },
  "phone-camera-frozen": {
    state: { ...FILMED, marks: MARKS, camera: { ...CAMERA_STATE, frozenSince: AT } },
    can: FILMING,
  },
  "phone-camera-frozen-for-you": {
    state: { ...FILMED, camera: { ...CAMERA_STATE, frozenSince: AT, byTechnician: true } },
    can: FILMING,
  },
  "phone-camera-pointed": { state: { ...FILMED, pointedAt: { x: 0.25, y: 0.5 } }, can: FILMING },
  "phone-camera-stopped-by-technician": {
    state: { ...FILMS, chat: CHAT, sharingEnd: "by_technician", wasCamera: true },
    can: FILMING,
  },
  "phone-camera-stopped": { state: { ...FILMS, chat: CHAT, sharingEnd: "stopped", wasCamera: true }, can: FILMING },
  "phone-camera-slow": { state: { ...FILMED, slowBecause: "narrow_line" }, can: FILMING },
  "phone-ended": { state: { ...ENDED, allowedOnce: ["camera"], recordings: [], photosSent: 2 }, can: FILMING },
  ended: { state: ENDED },
  "ended-soon": {
    state: { ...ENDED, endedAt: AT + 0.7 * MINUTE, recordings: [{ from: AT + 0.2 * MINUTE, to: AT + 0.6 * MINUTE }] },
  },
  "goes-on": { state: { ...ENDED, ending: "goes_on_in_program" } },
  "ended-at-once": { state: { ...FRESH, ...CALLER, stage: "ended", ending: "secrets_differ", endedAt: AT } },
  "long-names": {
    state: {
      ...SHOWN,
      technician: "Wolfeschlegelsteinhausenbergerdorff-Maria Ana",
      organisation: "Internationale Versicherungsgesellschaft für Elementarschäden",
      recordings: RECORDING,
    },
  },
};
