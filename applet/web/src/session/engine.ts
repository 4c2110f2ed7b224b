/** One session of the customer's side: joins relay, peer, consent and tools. As applet/session/engine.py. */

import type { Agreement, HandshakeProblem } from "@deskside/codec/session/handshake";
import type { WorkerPeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import type { LinkKind } from "@deskside/codec/session/pathManager.gen";
import { Bucket } from "@deskside/codec/tokenBucket";
import { type Access, FUNCTIONS } from "@deskside/codec/wire/access.gen";
import { KEY_BYTES, SigningKey } from "@deskside/codec/wire/chainHead";
import { declared } from "@deskside/codec/wire/declaration";
import type { Lane } from "@deskside/codec/wire/lanes.gen";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import { type PeerMessage, VERSION } from "@deskside/codec/wire/peerMessages";
import { BadPermitError, readPermit, type SignedPermit } from "@deskside/codec/wire/permits";
import type { Leaving } from "@deskside/codec/wire/signals.gen";
import type { ToolHost } from "../tools/base.ts";
import type { Photo } from "../tools/camera.ts";
import type { ChatTool } from "../tools/chat.ts";
import type { Capture, PictureTool } from "../tools/picture.ts";
import type { Tools } from "../tools/tools.ts";
import type { KeptVisit, WayBack } from "../wire/page.ts";
import { BadCodeError, type Code, digestOf, readCode, readDigits } from "./codes.ts";
import { Consent } from "./consent.ts";
import { AWAY_SECONDS, CHANGE_SECONDS, QUESTIONS_RATE } from "./engine.gen.ts";
import { interruptionOf, isAnothers, type Where } from "./interruption.ts";
import { shownName } from "./names.ts";
import type { PeerEvents } from "./peer.ts";
import { isFinal } from "./relay.ts";
import type { ToApplet } from "./signals.ts";
import { type CameraFacts, FRESH, type Intent, type PickerTrouble, type SharingEnd, type UiState } from "./uiState.ts";
import { Visit } from "./visit.ts";
import type { WrongSecrets } from "./wrongSecrets.ts";

const FRESH_WHERE: Where = { state: "connecting", leg: 0, to: "" };

type Entered = Extract<ToApplet, { type: "entered" }>;

/** What this computer says of itself, and how the world outside the worker is reached. */
export interface Platform {
  relay: string;
  computer: string;
  system: string;
  language: string;
  /** What can be done from here, in words of codec/wire/customer_kinds.py. */
  means: readonly string[];
  /** Makes direct paths, null where the browser has none. */
  paths: WorkerPeerConnections | null;
  wrongSecrets: WrongSecrets;
  /** Make the tools. Called once. */
  tools(host: ToolHost): Tools;
  /** Let the customer see this. */
  show(uiState: UiState): void;
  /** Keep this for a reload of the page, in the place of what is kept. */
  keep(visit: WayBack | null): void;
  /** Let go of a capture that was not used. */
  release(capture: number): void;
}

/** The page's worker without its messages. It takes intents, and shows a new UiState whenever one is due. */
export class Engine implements ToolHost {
  uiState: UiState = FRESH;
  private readonly consent = new Consent();
  private readonly tools: Tools;
  private visit: Visit | null = null;
  private readonly lost: ReturnType<typeof setTimeout>[] = [];
  private readonly questions = new Bucket(QUESTIONS_RATE);
  private relayKey = new Uint8Array();
  private permitOf = 0;
  private signing: SigningKey = newSigningKey();
  private permitted: ReadonlySet<string> = new Set();
  private farewell: Leaving | null = null;
  /** What lets this page come back, empty before the relay gave it. */
  private ticket = "";
  private wasReloaded = false;
  private where: Where = FRESH_WHERE;
  /** Whose part the session was when its key was agreed, null before. */
  private legOfKey: number | null = null;
  /** Whether no technician has picked the session up, so that nothing is permitted yet. */
  private isAwaiting = false;
  /** One after the other: a session is tidied up before the next one begins. */
  private comings: Promise<void> = Promise.resolve();

  constructor(private readonly platform: Platform) {
    this.tools = platform.tools(this);
  }

  /** The page was reloaded in the middle of this: go back into it. */
  resume({ pin, routing, channel, secret, ticket, ...soFar }: KeptVisit): void {
    this.goIn({ relay: this.platform.relay, pin, routing, channel, secret }, ticket, { ...FRESH, ...soFar });
  }

  /** The customer does this. All but coming and going is carried out at once. */
  intent(intent: Intent): void {
    switch (intent.type) {
      case "decide":
        this.decide(intent.serial, intent.allowed);
        break;
      case "stop":
        this.stop();
        break;
      case "say":
        this.chat.say(intent.text);
        break;
      case "types":
        this.chat.types(intent.on);
        break;
      case "enter_digits":
        this.takeDigits(intent.typed);
        break;
      case "accept_terms":
        if (this.visit !== null) this.accept(this.visit);
        break;
      case "decline_terms":
        this.farewell = "declined";
        this.finish("declined");
        break;
      case "freeze":
        void this.tools.camera.freeze(intent.on);
        break;
      case "not_now":
        this.tools.camera.notNow();
        break;
      case "enter_code":
        this.next(() => this.enter(intent.typed));
        break;
      case "leave":
        this.next(() => this.end(this.farewell ?? "closed"));
        break;
    }
  }

  /** The customer said yes to a question, and the browser shows this. Without a serial it takes the place of what is shown. */
  captured(serial: number | null, allowed: readonly Access[], capture: Capture): void {
    const { question } = this.consent;
    const isCamera = capture.camera !== null;
    const mayShow =
      serial === null
        ? this.allows("view") && this.allows("camera") === isCamera
        : this.consent.canGive(serial) && (question?.access === "camera") === isCamera;
    if (!mayShow) {
      capture.frames.close();
      this.platform.release(capture.number); // the question is gone, or not permitted now: nothing is shown by surprise
      if (serial !== null) this.decide(serial, []);
      return;
    }
    this.picture.begin(capture);
    if (serial !== null) this.decide(serial, allowed);
    if (!this.allows("view")) return;
    this.picture.start();
    if (capture.camera !== null) this.tools.camera.begin(capture.camera);
  }

  /** Something about the camera that is shown has changed. */
  cameraChanged(capture: number, facts: CameraFacts): void {
    if (this.picture.shows(capture)) this.tools.camera.changed(facts);
  }

  /** The customer took a photo with the camera that is shown, null where that failed. */
  photoTaken(photo: Photo | null): void {
    this.tools.camera.photo(photo);
  }

  /** The customer said yes, and the browser's picker led to nothing. The question stays open: silence is no answer. */
  notCaptured(serial: number | null, trouble: PickerTrouble): void {
    if (serial !== null && this.consent.question?.serial !== serial) return;
    this.show({ ...this.uiState, pickerTrouble: trouble });
  }

  /** The browser no longer shows this: the customer pressed its own button, or what was shown is gone. */
  captureEnded(capture: number): void {
    if (this.picture.shows(capture)) this.stopBy("by_browser");
  }

  /** What was captured cannot be read. */
  captureFailed(): void {
    this.stopBy("failed");
  }

  /** What is shown is so large now. */
  sized(size: { width: number; height: number }): void {
    this.picture.sized(size);
  }

  /** The browser says that the network has changed. */
  networkChanged(): void {
    this.visit?.networkChanged();
  }

  // ── what it lends to its tools (see ToolHost) ────────────────────────────────────────────────────────────────────

  show(uiState: UiState): void {
    if (uiState === this.uiState) return;
    this.uiState = uiState;
    this.platform.show(uiState);
  }

  send(message: SessionMessage): boolean {
    return this.visit?.send(message) ?? false;
  }

  discard(lane: Lane): void {
    this.visit?.discard(lane);
  }

  allows(access: Access): boolean {
    return this.consent.allows(access);
  }

  permits(permission: string): boolean {
    return this.permitted.has(permission);
  }

  sign(data: Uint8Array): Uint8Array | null {
    return this.consent.hasRecorded ? this.signing.sign(data) : null;
  }

  stop(): void {
    this.stopBy("stopped");
  }

  // ── what the customer asks ───────────────────────────────────────────────────────────────────────────────────────

  private get chat(): ChatTool {
    return this.tools.chat;
  }

  private get picture(): PictureTool {
    return this.tools.picture;
  }

  private next(step: () => void | Promise<void>): void {
    this.comings = this.comings.then(step);
  }

  private stopBy(by: SharingEnd): void {
    this.sayAll(this.consent.stop());
    this.picture.ended(by);
  }

  private enter(typed: string): void {
    if (this.uiState.stage !== "entry" && this.uiState.stage !== "ended") return;
    try {
      this.goIn(readCode(typed, this.platform.relay), null);
    } catch (error) {
      if (!(error instanceof BadCodeError)) throw error;
      this.show({ ...FRESH, problem: error.problem });
    }
  }

  private goIn(code: Code, ticket: string | null, uiState = FRESH): void {
    if (code.secret !== null && this.platform.wrongSecrets.isUsedUp(digestOf(code), Date.now())) {
      this.platform.keep(null);
      this.show({ ...FRESH, problem: "no_guess_left" });
      return;
    }
    this.wasReloaded = ticket !== null;
    this.show({ ...uiState, stage: "entering" });
    const { computer, system, means, paths } = this.platform;
    const hear = (signal: ToApplet) => this.heard(signal);
    const online = (reachable: boolean) => this.reaches(reachable);
    this.visit = new Visit(code, { computer, system, means: [...means] }, paths, hear, online, ticket);
  }

  private decide(serial: number, allowed: readonly Access[]): void {
    // What is to be seen must have been chosen in the browser's own picker.
    const given = allowed.filter((access) => access === "record" || this.picture.isReady);
    this.sayAll(this.consent.answer(serial, given));
  }

  // ── what the relay says ──────────────────────────────────────────────────────────────────────────────────────────

  private heard(signal: ToApplet): void {
    const { visit } = this;
    if (visit === null) return; // we are leaving
    if (signal.type === "entered") {
      this.entered(signal, visit);
    } else if (signal.type === "refused") {
      if (visit.isMet || this.wasReloaded) {
        this.finish("ended");
        return;
      }
      this.visit = null;
      this.platform.keep(null);
      this.show({ ...FRESH, problem: signal.reason, retrySeconds: signal.retry_seconds, page: signal.page });
    } else if (signal.type === "replaced") {
      this.finish(`goes_on_in_${signal.kind}`);
    } else if (signal.type === "state") {
      this.named(signal.technician);
      if (!isFinal(signal.state)) {
        this.is(signal);
        return;
      }
      // Who was not picked up yet had nothing to come back into.
      const isBack = !this.wasReloaded || this.uiState.technician === "" || visit.isConnected;
      this.finish(isBack || signal.state !== "closed_by_technician" ? signal.state : "not_restored");
    } else if (signal.type === "wait") {
      this.show({ ...this.uiState, wait: signal });
    } else if (signal.type === "permitted") {
      this.permit(signal.permit);
    }
  }

  private entered(entered: Entered, visit: Visit): void {
    this.ticket = entered.ticket;
    this.keep(visit);
    const { terms_on, terms_text: text, terms_scroll: scroll } = entered.settings;
    const terms = terms_on && entered.state === "connecting" ? { text, scroll } : null;
    if (visit.isMet) {
      if (terms !== null && this.uiState.terms === null) this.accept(visit); // the relay has not heard of it
      this.named(entered.technician);
      this.is(entered);
      this.permit(entered.permit); // it may have changed while the relay was away
      this.tellSigningKey(visit);
      return;
    }
    this.legOfKey = null;
    this.relayKey = new Uint8Array(entered.relay_key);
    this.permitOf = entered.session;
    this.signing = newSigningKey(); // one for each session: a lasting one would tell who comes back
    this.tellSigningKey(visit);
    this.permit(entered.permit);
    this.isAwaiting = entered.permit === null;
    visit.meet(entered.session, this.peerEvents(visit));
    const [technician, organisation] = [shownName(entered.technician), shownName(entered.organisation)];
    const isByChannel = visit.code.channel !== null;
    this.show({
      ...this.uiState,
      stage: "waiting",
      technician,
      organisation,
      application: shownName(entered.settings.look_application_name),
      opensAt: entered.opens,
      survey: entered.survey,
      isByChannel,
      terms,
    });
    for (const tool of this.tools.all) tool.entered();
    this.is(entered);
    if (this.wasReloaded) visit.lostKey();
  }

  private accept(visit: Visit): void {
    visit.say({ type: "accept_terms" });
    this.show({ ...this.uiState, terms: null });
  }

  /** The relay says how the session is. While it is interrupted nothing is allowed, and nothing can be asked. */
  private is(where: Where): void {
    this.where = where;
    const interruption = interruptionOf(where, this.legOfKey);
    const begins = interruption !== null && this.uiState.interruption === null;
    this.show({ ...this.uiState, interruption, handedTo: shownName(where.to) });
    if (begins) {
      this.sayAll(this.consent.interrupt());
      this.picture.ended("by_technician");
    }
    if (isAnothers(where, this.legOfKey)) this.visit?.forgetKey();
    this.tellConsent();
  }

  private keep({ code: { pin, routing, channel, secret } }: Visit): void {
    this.platform.keep({ pin, routing, channel, secret, ticket: this.ticket });
  }

  private tellSigningKey(visit: Visit): void {
    visit.say({ type: "signing_key", key: this.signing.publicKey });
  }

  /** Hold the technician to what their organisation lets them ask for. What cannot be believed permits nothing. */
  private permit(signed: SignedPermit | null): void {
    let functions: readonly string[] = [];
    try {
      if (signed !== null) functions = readPermit(signed, this.relayKey, this.permitOf).functions;
    } catch (error) {
      if (!(error instanceof BadPermitError)) throw error;
      console.warn(error.message);
    }
    this.permitted = new Set(functions);
    this.tellConsent();
    if (!this.isAwaiting || signed === null) return;
    this.isAwaiting = false;
    this.chat.entered();
  }

  /** What may be asked for now. */
  private tellConsent(): void {
    const isPermitted = (access: Access) => this.permitted.has(FUNCTIONS[access]);
    const mayAsk = this.uiState.interruption === null ? (Object.keys(FUNCTIONS) as Access[]).filter(isPermitted) : [];
    const apart = this.permitted.has("record_consent") && !this.permitted.has("record_always");
    this.consent.permit(mayAsk, apart);
    this.show({ ...this.uiState, mayAsk, chatKept: this.permitted.has("chat_kept") });
  }

  /** A technician has picked the session up: who that is. */
  private named(technician: string): void {
    const name = shownName(technician);
    if (name !== "" && name !== this.uiState.technician) this.show({ ...this.uiState, technician: name });
  }

  // ── what the peer says ───────────────────────────────────────────────────────────────────────────────────────────

  private peerEvents(visit: Visit): PeerEvents {
    return {
      signal: (data) => visit.say({ type: "signal", data }),
      lacksSecret: () => this.show({ ...this.uiState, needsDigits: true }),
      attempted: (attempt) => {
        // Where another technician takes over, that is told instead.
        if (this.uiState.interruption !== "handed_over") this.show({ ...this.uiState, attempt });
      },
      agreed: (agreement) => this.agreed(agreement),
      moved: (kind) => this.moved(kind),
      doubted: () => visit.probe(),
      message: (message) => this.message(message),
      confirmed: (left) => this.chat.confirmed(left),
      refused: (problem) => this.refused(problem),
      broken: (reason) => this.broken(reason),
    };
  }

  private takeDigits(typed: string): void {
    const { visit } = this;
    if (visit === null || !this.uiState.needsDigits) return;
    let digits: string;
    try {
      digits = readDigits(typed);
    } catch (error) {
      if (!(error instanceof BadCodeError)) throw error;
      this.show({ ...this.uiState, problem: error.problem });
      return;
    }
    if (this.platform.wrongSecrets.isUsedUp(digestOf(visit.code), Date.now())) {
      this.farewell = "secrets_differ";
      this.finish("no_guess_left");
      return;
    }
    visit.giveSecret(digits);
    this.show({ ...this.uiState, needsDigits: false, problem: null });
  }

  /** There is a new key, so perhaps another console: nothing that was allowed before holds. */
  private agreed(agreement: Agreement): void {
    this.startOver();
    const isAnother = this.legOfKey !== null && this.legOfKey !== this.where.leg;
    this.legOfKey = this.where.leg;
    this.is(this.where);
    if (isAnother) this.chat.handedOver();
    const { computer: name, system, language } = this.platform;
    this.send({ kind: "computer", version: VERSION, name, system, language, signing_key: this.signing.publicKey });
    this.send({ kind: "granted", access: [] });
    for (const tool of this.tools.all) tool.met();
    this.show({
      ...this.uiState,
      stage: "together",
      words: agreement.words,
      wordsChanged: this.uiState.words.length > 0,
      vouched: agreement.how === "secret",
      beganAt: this.uiState.beganAt ?? Date.now(),
    });
    if (this.visit !== null) this.keep(this.visit); // the secret may have come since
  }

  private reaches(reachesRelay: boolean): void {
    // Once there is a key, the session itself tells whether there is a way.
    const online = this.visit?.isConnected ? this.uiState.online : reachesRelay;
    this.show({ ...this.uiState, online, reachesRelay });
  }

  private moved(kind: LinkKind | null): void {
    this.found();
    if (kind === null) {
      this.lost.push(setTimeout(() => this.show({ ...this.uiState, online: false }), CHANGE_SECONDS * 1000));
      this.lost.push(setTimeout(() => this.show({ ...this.uiState, away: true }), AWAY_SECONDS * 1000));
    } else {
      this.show({ ...this.uiState, online: true, away: false });
    }
  }

  private found(): void {
    for (const timer of this.lost.splice(0)) clearTimeout(timer);
  }

  /** Carry out a message of the technician, as far as customer and group permit it now. */
  private message(message: PeerMessage): void {
    if (this.uiState.stage === "ended") return;
    const { tool: name, needs, function: permission } = declared(message.kind);
    if (name === undefined) {
      this.hear(message);
      return;
    }
    const tool = this.tools.byName[name];
    if (tool === undefined) return; // mouse, keyboard and clipboard: a page has none to give
    const allowed =
      (needs === undefined || this.allows(needs)) && (permission === undefined || this.permits(permission));
    if (allowed) tool.take(message);
    else tool.refuse(message);
  }

  /** The technician asks for something, gives it back, or leaves. */
  private hear(message: PeerMessage): void {
    switch (message.kind) {
      case "ask":
        if (!this.questions.take(1, performance.now() / 1000)) {
          this.send({ kind: "answered", number: message.number, allowed: false }); // they come too fast to be read
          return;
        }
        this.sayAll(this.consent.ask(message.number, message.access, message.record));
        break;
      case "withdraw":
        this.sayAll(this.consent.withdraw(message.number));
        break;
      case "release":
        this.sayAll(this.consent.release(message.access));
        if (message.access !== "record") this.picture.ended("by_technician");
        break;
      case "hand_over":
        this.visit?.handOver();
        if (this.visit !== null) this.keep(this.visit);
        break;
      case "bye":
        this.finish(`bye_${message.reason}`);
        break;
    }
  }

  private refused(problem: HandshakeProblem): void {
    const { visit } = this;
    if (visit === null) return;
    const differ = problem === "secrets_differ";
    const { wrongSecrets } = this.platform;
    if (differ) {
      const code = digestOf(visit.code);
      wrongSecrets.missed(code, Date.now());
      if (visit.isConnected && !wrongSecrets.isUsedUp(code, Date.now())) return; // counted, and shown as an attempt
    } else if (visit.isConnected && problem !== "too_many_attempts") {
      return;
    }
    this.farewell = differ ? "secrets_differ" : "failed";
    this.finish(differ && visit.code.routing !== null ? "link_differs" : problem);
  }

  private broken(reason: string): void {
    console.warn(`the console broke the rules: ${reason}`);
    this.send({ kind: "bye", reason: "protocol" });
    this.farewell = "failed";
    this.finish("protocol");
  }

  // ── together ─────────────────────────────────────────────────────────────────────────────────────────────────────

  private sayAll(messages: SessionMessage[]): void {
    this.permissionsChanged();
    for (const message of messages) this.send(message);
  }

  /** Enforce what holds now, before either side is told of it. */
  private permissionsChanged(): void {
    const { granted, question } = this.consent;
    for (const tool of this.tools.all) tool.allow(granted);
    const isNew = question?.serial !== this.uiState.question?.serial;
    this.show({
      ...this.uiState,
      granted: [...granted],
      question,
      pickerTrouble: isNew ? null : this.uiState.pickerTrouble,
      allowedOnce: [...new Set([...this.uiState.allowedOnce, ...allowed(granted)])],
    });
  }

  /** Nothing holds from this moment. */
  private startOver(): void {
    this.consent.startOver();
    this.permissionsChanged();
    for (const tool of this.tools.all) tool.end();
  }

  /** The session is over. The rest is tidied up soon. */
  private finish(ending: string): void {
    if (this.uiState.stage === "ended") return;
    this.startOver();
    this.platform.keep(null);
    this.show({ ...this.uiState, stage: "ended", ending, endedAt: Date.now(), needsDigits: false, online: true });
    this.intent({ type: "leave" });
  }

  private async end(leaving: Leaving): Promise<void> {
    this.farewell = null;
    if (this.uiState.stage !== "entry" && this.uiState.stage !== "ended") {
      this.send({ kind: "bye", reason: "customer" });
      this.finish("customer");
    }
    const { visit } = this;
    this.visit = null;
    this.found();
    await visit?.leave(leaving);
  }
}

/** Return what a receipt says of it: where the camera is seen, `view` is not the screen. */
function allowed(granted: ReadonlySet<Access>): readonly Access[] {
  return [...granted].filter((access) => access !== "view" || !granted.has("camera"));
}

function newSigningKey(): SigningKey {
  return new SigningKey(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
}
