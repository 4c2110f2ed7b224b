/** What the technician works with: the desk, the open sessions and what is played, as the engine tells it. */

import { decodesVideos } from "@deskside/codec/picture/video";
import type { Access } from "@deskside/codec/wire/access.gen";
import type { Code, Session } from "@deskside/codec/wire/apiTypes.gen";
import type { PageMessage } from "@deskside/codec/wire/messages";
import type { Desk, UnitLimits } from "@deskside/codec/wire/signals.gen";
import { computed, signal } from "@preact/signals";
import { loadZstd } from "../picture/code";
import { refusalSentence } from "../texts/recordings";
import { clockSentence, missSentence, pageSentence, pickUpSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import { type Failed, type Invitation, type MakeCode, type Online, PLAYER, type ToPage } from "../wire/page.gen";
import { enter, forget, howToOpen, type Refused } from "../wire/pageAuth";
import { ask, attempt, connect, send, tell } from "./engine";
import { customerOf } from "./groups";
import { handing, targets, tellOutcome } from "./handOver";
import { tellOfLine, tellOfSession } from "./notifying";
import { OpenSession } from "./openSession";
import { Player } from "./player";
import { browsing, changed, listRecordings, recordings } from "./recordings";
import { managing, replies } from "./replies";
import { about, authenticator, forgetSetUp, recoveryCodes, signedOut } from "./signIn";
import { sessionChanged, surveyTold } from "./surveys";
import { seeing, technicians } from "./technicians";
import { toast } from "./toasts";
import { forgetUploads, uploads } from "./uploads";

/** A clock that is less wrong bothers nobody. */
const WRONG_CLOCK_MS = 120_000;
const KEPT_VIEW = "deskside-view";

export type Stage = "opening" | "shut" | "sign_in" | "open";

export const stage = signal<Stage>("opening");
/** Why the page is not let in. */
export const refused = signal<Refused>({ why: "no_code" });
export const relay = signal("");
export const desk = signal<Omit<Desk, "type" | "sessions" | "codes"> | undefined>(undefined);
export const sessions = signal<ReadonlyMap<number, Session>>(new Map());
export const codes = signal<ReadonlyMap<number, Code>>(new Map());
export const invitations = signal<ReadonlyMap<number, Invitation>>(new Map());
/** How long sessions may wait, and when they are marked. */
export const timeLimits = signal<readonly UnitLimits[]>([]);
export const online = signal<Online | undefined>(undefined);
/** Whether the relay has too much to do, and what was asked is asked again. */
export const relayBusy = signal(false);
/** The key of the relay, where it is another one than this computer knows. */
export const changedKey = signal("");
/** Stands for the page that the relay serves to customers where it is not the released one, else empty. */
export const otherPage = signal("");
/** Whether the console's program answers. Without it nothing here is known any more. */
export const engineThere = signal(true);
/** What starts the console's program again; how it was started may need more. */
export const startCommand = signal("deskside-console");
export const tabs = signal<readonly number[]>([]);
export const current = signal<number | undefined>(undefined);
export const making = signal(false);
/** The session of a channel that the server has asked this console to start, the latest. */
export const startAsked = signal<number | undefined>(undefined);
/** How many sessions are open while the technician wants to sign out: they are asked what becomes of those. */
export const leaving = signal<number | undefined>(undefined);
/** The session that waits for the technician's yes, because it comes without a secret. */
export const unsecured = signal<number | undefined>(undefined);
/** The session of a customer who waits, and whom the technician wants to send away: they are asked whether they mean it. */
export const closing = signal<number | undefined>(undefined);
/** The session that cannot be opened here, and why: all that is left to do is to end it. */
export const unopenable = signal<{ session: number; problem: string } | undefined>(undefined);
export const now = signal(Date.now());
/** The relay's time when it was last heard, and this page's steady clock then: clocks of two computers differ. */
const heard = signal({ relay: Date.now(), page: performance.now() });
/** What time it is at the relay, whose times those of sessions and codes are. */
export const relayNow = computed(() => {
  void now.value;
  return heard.value.relay + performance.now() - heard.value.page;
});
export const openSessions = signal<ReadonlyMap<number, OpenSession>>(new Map());
/** The recording that is played, if any. */
export const player = signal<Player | undefined>(undefined);
export const openSession = computed(() =>
  current.value === undefined ? undefined : openSessions.value.get(current.value),
);

let zstd: WebAssembly.Module | undefined;
let videos = false;

/** Get in, connect, and stay connected. */
export async function start(): Promise<void> {
  setInterval(() => {
    now.value = Date.now();
  }, 1_000);
  const [admission, code, decodes] = await Promise.all([enter(), loadZstd(), decodesVideos()]);
  zstd = code;
  videos = decodes;
  if ("refused" in admission) {
    refused.value = admission.refused;
    stage.value = "shut";
    return;
  }
  void howToOpen().then((told) => {
    if (told !== undefined) startCommand.value = told.start;
  });
  connect(admission.key, {
    page: hear,
    session: (session, message) =>
      session === PLAYER ? player.value?.hear(message) : openSessions.value.get(session)?.hear(message),
    up: () => {
      engineThere.value = true;
    },
    down,
  });
}

/** Sign out; while sessions are open the technician is asked first. */
export async function signOut(endSessions = false): Promise<void> {
  const failed = await attempt({ type: "sign_out", end_sessions: endSessions });
  if (failed?.problem === "sessions_open") leaving.value = failed.count ?? 1;
}

/** Make a PIN or link. Returns its number, or why there is none. `session_type` null leaves that to the group. */
export async function makeCode(made: Omit<MakeCode, "type" | "request">): Promise<number | Failed> {
  const outcome = await ask({ type: "make_code", ...made });
  return outcome.type === "failed" ? outcome : outcome.code!;
}

/**
 * Write the customer of a session where the help program is. Returns why not. A customer who came by a PIN or through a channel goes on in
 * the same session. After a link that cannot be: its secret is not given away twice, so a new session begins.
 */
export async function sendProgram(session: number): Promise<Failed | undefined> {
  const goesOn = sessions.value.get(session)?.method !== "link";
  const name = sessions.value.get(session)?.name ?? "";
  const method = goesOn ? "pin" : "link";
  const made = await makeCode({ method, name, session_type: "standard", session });
  if (typeof made !== "number") return made;
  const invitation = invitations.value.get(made);
  const pin = invitation?.spoken?.replace(/\D/g, "");
  const link = goesOn ? pin && `${desk.value?.customer_page}/#${pin}` : invitation?.link;
  if (!link)
    return { type: "failed", request: 0, problem: "no_link", message: t("The server gave no link. Try again.") };
  say(
    session,
    t("Please open this link and start the help program, so that I can use your mouse and keyboard: {link}", {
      link: link.replace("#", "?program#"), // its page shows that way at once
    }),
  );
  return undefined;
}

export async function cancelCode(code: number): Promise<Failed | undefined> {
  return attempt({ type: "cancel_code", code });
}

/** Change the name field or a custom field of a session. Returns why not. */
export async function editField(session: number, field: number, value: string): Promise<Failed | undefined> {
  return attempt({ type: "edit_field", session, field, value });
}

/** Keep these notes with a session. Returns why not. */
export async function writeNotes(session: number, notes: string): Promise<Failed | undefined> {
  return attempt({ type: "write_notes", session, notes });
}

/** Look at a session: pick it up where it waits, and open its tab. */
export async function open(session: number): Promise<void> {
  if (tabs.value.includes(session)) {
    show(session);
    return;
  }
  await openTab(session, false);
}

/** Take a session over that a colleague hands over, also where it was here before and is still shown as it ended. */
export async function pickUp(session: number): Promise<void> {
  if (tabs.value.includes(session)) close(session);
  await open(session);
}

/** Open a session although its customer brings no secret: the technician has said yes to that. */
export async function openWithoutSecret(session: number): Promise<void> {
  await openTab(session, true);
}

async function openTab(session: number, withoutSecret: boolean): Promise<void> {
  const failed = await openSessionOf(session, withoutSecret);
  if (failed !== undefined) {
    dropSession(session);
    if (failed.problem === "secret_expected") unsecured.value = session;
    else if (failed.problem === "secret_gone" || failed.problem === "secret_burnt")
      unopenable.value = { session, problem: failed.problem };
    else toast(pickUpSentence(failed));
    return;
  }
  tabs.value = [...tabs.value, session];
  show(session);
}

/** Open a session that starts by itself: behind the one that is worked in. Where there is no room for it, it waits on. */
export async function openBehind(session: number, offered = false): Promise<void> {
  if (tabs.value.includes(session)) return;
  const failed = await openSessionOf(session, false, offered);
  if (failed !== undefined) {
    dropSession(session);
    if (failed.problem === "secret_expected") unsecured.value = session;
    return;
  }
  tabs.value = [...tabs.value, session];
  if (current.value === undefined && !browsing.value && !managing.value) show(session);
  else toast(t("The session with {name} has started.", { name: customerOf(sessions.value.get(session)) }));
}

/** Bring a tab to the front; undefined is the list of all sessions. */
export function show(session: number | undefined): void {
  browsing.value = false;
  managing.value = false;
  stopPlaying();
  current.value = session;
  keepView();
  const there = session === undefined ? undefined : openSessions.value.get(session);
  there?.looked();
}

/** Close a tab; the session goes on. */
export function close(session: number): void {
  const place = tabs.value.indexOf(session);
  tabs.value = tabs.value.filter((each) => each !== session);
  if (current.value === session) show(tabs.value[Math.min(place, tabs.value.length - 1)]);
  tell({ type: "leave", session });
  dropSession(session);
  keepView();
}

/** Ask the customer of a session that started as a chat for more than that. */
export async function askBeyondChat(session: OpenSession, access: Access): Promise<void> {
  const failed = await attempt({ type: "open_up", session: session.id });
  if (failed === undefined) session.askPatiently(access);
  else toast(failed.message);
}

/** End a session; `wordsDiffer` says that the two compared their words, and saw others. */
export async function end(session: number, wordsDiffer = false): Promise<void> {
  const failed = await attempt({ type: "end", session, words_differ: wordsDiffer });
  if (failed !== undefined) toast(failed.message);
}

export function say(session: number, text: string): boolean {
  return tell({ type: "say", session, text });
}

export function compared(session: number): void {
  tell({ type: "words_compared", session });
}

/** The relay has this key now: the technician has made sure of it another way. */
export async function trustRelayKey(key: string): Promise<void> {
  const failed = await attempt({ type: "trust_relay_key", key });
  if (failed !== undefined) toast(failed.message);
}

/** The organisation has built the page for customers itself: the technician accepts what is served now. */
export async function acceptCustomerPage(page: string): Promise<void> {
  const failed = await attempt({ type: "accept_customer_page", page });
  if (failed !== undefined) toast(failed.message);
}

/** Bring the predefined replies to the front. */
export function manage(): void {
  stopPlaying();
  current.value = undefined;
  browsing.value = false;
  managing.value = true;
  keepView();
}

/** Bring the list of recordings to the front. */
export function browse(): void {
  stopPlaying();
  current.value = undefined;
  managing.value = false;
  browsing.value = true;
  keepView();
  void listRecordings();
}

/** Play a file of a recording. */
export async function play(recording: string, file: string): Promise<Failed | undefined> {
  stopPlaying();
  const made = new Player(recording, file, zstd!, (act, value) => tell({ type: "player_do", act, value }));
  made.screen.stopped = () => {
    toast(t("This recording cannot be shown because it needs too much time or memory to decode."));
    stopPlaying();
  };
  player.value = made;
  const failed = await attempt({ type: "open_player", recording, file });
  if (player.value === made) {
    if (failed === undefined) made.do("play");
    else stopPlaying();
  }
  return failed;
}

/** Play a recording of which only the name of a file is known. */
export async function playFile(name: string): Promise<void> {
  await listRecordings();
  const found = recordings.value?.find((each) => each.files.some((file) => file.name === name));
  if (found === undefined) {
    toast(t("This recording is no longer on this computer."));
    return;
  }
  current.value = undefined;
  managing.value = false;
  browsing.value = true;
  keepView();
  const failed = await play(found.id, name);
  if (failed !== undefined) toast(refusalSentence(failed));
}

/** Play nothing any more. */
export function stopPlaying(): void {
  if (player.value === undefined) return;
  player.value.close();
  player.value = undefined;
  tell({ type: "close_player" });
}

/** Our own clock is used for what happens on this computer only, but people read it: say so when it is wrong. */
function hearTime(relay: number): void {
  heard.value = { relay, page: performance.now() };
  const ahead = Date.now() - relay;
  if (Math.abs(ahead) > WRONG_CLOCK_MS) toast(clockSentence(Math.round(ahead / 60_000)), "clock");
}

function hear(message: ToPage): void {
  switch (message.type) {
    case "welcome":
      relay.value = message.relay;
      if (message.signed_in) stage.value = "open";
      void reopen();
      break;
    case "about":
      about.value = message;
      break;
    case "authenticator":
      authenticator.value = message;
      break;
    case "recovery_codes":
      recoveryCodes.value = message;
      break;
    case "signed_out":
      leaveAll();
      signedOut.value = message.reason ?? "";
      stage.value = "sign_in";
      break;
    case "online":
      online.value = message;
      break;
    case "relay_busy":
      relayBusy.value = message.busy;
      break;
    case "desk":
      stage.value = "open";
      forgetSetUp();
      desk.value = message;
      if (message.now != null) hearTime(Date.parse(message.now));
      sessions.value = new Map(message.sessions.map((session) => [session.id, session]));
      codes.value = new Map(message.codes.map((code) => [code.id, code]));
      break;
    case "session":
      tellOutcome(sessions.value.get(message.session.id), message.session, customerOf(message.session));
      sessionChanged(sessions.value.get(message.session.id), message.session, customerOf(message.session));
      tellOfSession(sessions.value.get(message.session.id), message.session, customerOf(message.session));
      sessions.value = new Map(sessions.value).set(message.session.id, message.session);
      break;
    case "survey":
      surveyTold(message.session, message.survey);
      break;
    case "targets":
      targets.value = message.targets;
      break;
    case "session_gone": {
      const left = new Map(sessions.value);
      left.delete(message.session);
      if (closing.value === message.session) closing.value = undefined;
      sessions.value = left;
      break;
    }
    case "start_session":
      startAsked.value = message.session;
      break;
    case "technicians":
      technicians.value = message;
      break;
    case "time_limits":
      timeLimits.value = message.units;
      break;
    case "code":
      codes.value = new Map(codes.value).set(message.code.id, message.code);
      break;
    case "invitation":
      invitations.value = new Map(invitations.value).set(message.code, message);
      break;
    case "missed":
      toast(missSentence(message), `missed ${message.reason}`);
      break;
    case "chat_line":
      openSessions.value.get(message.session)?.line(message, current.value === message.session);
      tellOfLine(message, customerOf(sessions.value.get(message.session)));
      if ((message.event === "recording_kept" || message.event === "recording_saved") && browsing.value)
        void listRecordings();
      break;
    case "relay_key":
      changedKey.value = message.changed ? message.key : "";
      break;
    case "customer_page":
      otherPage.value = message.state === "other" ? (message.page ?? "") : "";
      if (message.session != null && (message.state === "unknown" || message.state === "other_version"))
        toast(pageSentence(message.state), "customer page");
      break;
    case "uploads":
      uploads.value = message;
      break;
    case "player_opened":
      player.value?.open(message);
      break;
    case "player_now":
      player.value?.take(message);
      break;
    case "player_failed":
      toast(message.message);
      stopPlaying();
      break;
    case "replies":
      replies.value = message.replies;
      break;
    case "recordings":
      recordings.value = message.recordings;
      break;
    case "recording":
      changed(message.recording);
      break;
    case "connected":
      {
        const there = openSessions.value.get(message.session);
        if (there !== undefined) there.connected.value = message;
      }
      break;
    case "recording_now":
      {
        const there = openSessions.value.get(message.session);
        if (there !== undefined) there.recorded.value = message.since === null ? undefined : Date.parse(message.since);
      }
      break;
    case "clipboard_shared":
      openSessions.value.get(message.session)?.clipboardShared(message.on, message.copying ?? false);
      break;
    case "opened":
      sessions.value = new Map(sessions.value).set(message.session.id, message.session);
      break;
  }
}

/** After the line was down, or the page was reloaded: look at the same sessions again. */
async function reopen(): Promise<void> {
  if (stage.value !== "open") return;
  const kept = keptView();
  const wanted = tabs.value.length > 0 ? tabs.value : kept.tabs;
  for (const each of openSessions.value.values()) each.startOver();
  const outcomes = await Promise.all(wanted.map((session) => openSessionOf(session, false)));
  tabs.value = wanted.filter((_session, place) => outcomes[place] === undefined);
  if (browsing.value) await browseAgain();
  else if (kept.front === "recordings") browse();
  else if (kept.front === "replies") manage();
  else bringBack(current.value ?? kept.front);
  keepView();
  for (const each of openSessions.value.values()) each.unread.value = 0; // what is repeated was read
}

/** Bring to the front what was there; a session that can no longer be looked at gives way to another one. */
function bringBack(front: Front): void {
  if (typeof front !== "number") return;
  const there = tabs.value.includes(front) ? front : tabs.value[0];
  if (there !== current.value) show(there);
}

/** The engine knows nothing of what was played: it goes on where it stood. */
async function browseAgain(): Promise<void> {
  const before = player.value;
  await listRecordings();
  if (before === undefined) return;
  const failed = await play(before.recording, before.file);
  if (failed === undefined) player.value?.do("seek", before.at.value);
}

async function openSessionOf(session: number, withoutSecret: boolean, offered = false): Promise<Failed | undefined> {
  if (!openSessions.value.has(session)) {
    const made = new OpenSession(
      session,
      (message: PageMessage) => send(session, message),
      (on) => tell({ type: "share_clipboard", session, on }),
      zstd!,
      videos,
    );
    openSessions.value = new Map(openSessions.value).set(session, made);
  }
  return attempt({ type: "open", session, without_secret: withoutSecret, offered });
}

function down(shut: boolean): void {
  engineThere.value = false;
  if (!shut) return;
  forget();
  refused.value = { why: "restarted" };
  stage.value = "shut";
}

function leaveAll(): void {
  tabs.value = [];
  for (const each of openSessions.value.values()) each.close();
  openSessions.value = new Map();
  current.value = undefined;
  browsing.value = false;
  managing.value = false;
  keepView();
  stopPlaying();
  recordings.value = undefined;
  forgetUploads();
  technicians.value = undefined;
  seeing.value = false;
  changedKey.value = "";
  otherPage.value = "";
  desk.value = undefined;
  making.value = false;
  leaving.value = undefined;
  unopenable.value = undefined;
  closing.value = undefined;
  handing.value = undefined;
  sessions.value = new Map();
  codes.value = new Map();
  invitations.value = new Map();
}

function dropSession(session: number): void {
  openSessions.value.get(session)?.close();
  const left = new Map(openSessions.value);
  left.delete(session);
  openSessions.value = left;
}

/** What is in front: a session, the list of recordings, the predefined replies, or the list of all sessions. */
type Front = number | "recordings" | "replies" | undefined;

interface View {
  tabs: readonly number[];
  front?: Front;
}

function frontNow(): Front {
  if (managing.value) return "replies";
  return browsing.value ? "recordings" : current.value;
}

/** Keep what is open and what is in front over a reload of the page. */
function keepView(): void {
  const view: View = { tabs: tabs.value, front: frontNow() };
  sessionStorage.setItem(KEPT_VIEW, JSON.stringify(view));
}

function keptView(): View {
  const kept = sessionStorage.getItem(KEPT_VIEW);
  return kept === null ? { tabs: [] } : (JSON.parse(kept) as View); // nothing but this page writes it
}
