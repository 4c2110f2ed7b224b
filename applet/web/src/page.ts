/** The page's side of a session: what the views use. See src/wire/page.ts for what it says to the worker. */

import { servePeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import type { Access } from "@deskside/codec/wire/access.gen";
import { NotCapturedError, ScreenCapture } from "./capture/screen.ts";
import { computerName, systemName } from "./machine.ts";
import { FRESH, type Intent, type UiState } from "./session/uiState.ts";
import { hasNews, keptVisit, readVisit, readWrongSecrets } from "./state/kept.ts";
import { VisitLock } from "./state/visitLock.ts";
import type { FromPage, KeptVisit, ToPage, WayBack } from "./wire/page.ts";

/** In the tab, as long as a session lives. */
const VISIT = "deskside.visit";
/** In the browser, for a day. */
const WRONG_SECRETS = "deskside.wrongSecrets";

/** One customer's page. It lives as long as the page does: one session may follow another. */
export interface JoinSession {
  /** What the customer should see now. */
  readonly state: UiState;
  /** Call `changed` at once and at every change, until the returned function is called. */
  subscribe(changed: (state: UiState) => void): () => void;
  /** Ask something of the session. A yes goes through `decide`. */
  intent(intent: Exclude<Intent, { type: "decide" }>): void;
  /**
   * Answer the open question. Call it directly in the handler of a click: where the yes includes `view` and nothing is
   * shown yet, it opens the browser's picker, which needs the gesture. Resolves when the worker has the answer.
   */
  decide(serial: number, allowed: readonly Access[]): Promise<void>;
  /** Show something else in the place of what is shown. Call it directly in the handler of a click. */
  showAnother(): Promise<void>;
  /** What is shown, for a preview; null while nothing is. */
  readonly stream: MediaStream | null;
}

/** Begin, with what this browser can do. A tab that was reloaded during a session goes back into it. Call it once for each page. */
export async function openSession(means: readonly string[]): Promise<JoinSession> {
  const lock = new VisitLock();
  const visit = readVisit(kept(sessionStorage, VISIT));
  const isOurs = visit !== null && (await lock.claim(visit));
  if (!isOurs) keep(sessionStorage, VISIT, null); // a duplicate of a tab that is still there
  return new WorkerSession(means, isOurs ? visit : null, lock);
}

class WorkerSession implements JoinSession {
  state: UiState = FRESH;
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private readonly watching = new Set<(state: UiState) => void>();
  private capture: ScreenCapture | null = null;
  private number = 0;
  private isChoosing = false;
  private wayBack: WayBack | null = null;

  constructor(
    means: readonly string[],
    visit: KeptVisit | null,
    private readonly lock: VisitLock,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<ToPage>) => this.take(data);
    const peers = typeof RTCPeerConnection === "function" ? new MessageChannel() : null;
    if (peers !== null) servePeerConnections(peers.port1, (iceServers) => new RTCPeerConnection({ iceServers }));
    if (visit !== null) {
      const { pin, routing, secret, ticket, ...soFar } = visit;
      this.state = { ...FRESH, ...soFar, stage: "entering" };
    }
    const start: FromPage = {
      type: "start",
      relay: location.origin,
      computer: computerName(navigator),
      system: systemName(navigator),
      language: navigator.language.split("-")[0] ?? "en",
      means,
      peers: peers?.port2 ?? null,
      kept: visit,
      wrongSecrets: readWrongSecrets(kept(localStorage, WRONG_SECRETS)),
    };
    this.say(start, peers === null ? [] : [peers.port2]);
    window.addEventListener("online", () => this.say({ type: "network_changed" }));
  }

  get stream(): MediaStream | null {
    return this.capture?.stream ?? null;
  }

  subscribe(changed: (state: UiState) => void): () => void {
    this.watching.add(changed);
    changed(this.state);
    return () => this.watching.delete(changed);
  }

  intent(intent: Exclude<Intent, { type: "decide" }>): void {
    // What takes something back holds at once, whatever the worker is busy with.
    if (intent.type === "stop" || intent.type === "leave") this.letGo();
    this.say({ type: "intent", intent });
  }

  async decide(serial: number, allowed: readonly Access[]): Promise<void> {
    if (!allowed.includes("view") || this.capture !== null) {
      this.say({ type: "intent", intent: { type: "decide", serial, allowed } });
      return;
    }
    await this.choose(serial, allowed);
  }

  async showAnother(): Promise<void> {
    await this.choose(null, []);
  }

  private async choose(serial: number | null, allowed: readonly Access[]): Promise<void> {
    if (this.isChoosing) return;
    this.isChoosing = true;
    try {
      const capture = await ScreenCapture.choose();
      this.letGo();
      this.capture = capture;
      this.number += 1;
      const number = this.number;
      capture.ended = () => {
        if (this.capture === capture) this.capture = null;
        this.say({ type: "capture_ended", capture: number });
      };
      const source = capture.source();
      const message: FromPage = {
        type: "captured",
        capture: number,
        serial,
        allowed,
        surface: capture.surface,
        source,
      };
      this.say(message, source.kind === "stream" ? [source.frames] : []);
    } catch (error) {
      if (!(error instanceof NotCapturedError)) throw error;
      this.say({ type: "not_captured", serial, trouble: error.trouble });
    } finally {
      this.isChoosing = false;
    }
  }

  private letGo(): void {
    this.capture?.end();
    this.capture = null;
  }

  private take(message: ToPage): void {
    switch (message.type) {
      case "state": {
        const before = this.state;
        this.state = message.state;
        for (const changed of this.watching) changed(message.state);
        if (this.wayBack !== null && hasNews(before, message.state)) this.keepVisit(this.wayBack);
        this.say({ type: "state_taken" });
        break;
      }
      case "release_capture":
        if (message.capture === this.number) this.letGo();
        break;
      case "frame_please": {
        const frame = message.capture === this.number ? (this.capture?.frame() ?? null) : null;
        this.say({ type: "frame", capture: message.capture, frame }, frame === null ? [] : [frame]);
        break;
      }
      case "keep_visit":
        this.wayBack = message.visit;
        if (message.visit === null) {
          keep(sessionStorage, VISIT, null);
          this.lock.release();
        } else {
          this.keepVisit(message.visit);
          void this.lock.claim(message.visit);
        }
        break;
      case "keep_wrong_secrets":
        keep(localStorage, WRONG_SECRETS, message.codes);
        break;
    }
  }

  private keepVisit(wayBack: WayBack): void {
    keep(sessionStorage, VISIT, keptVisit(wayBack, this.state));
  }

  private say(message: FromPage, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }
}

/** Return what was kept, null where there is nothing or the browser keeps nothing for pages. */
function kept(storage: Storage, name: string): string | null {
  try {
    return storage.getItem(name);
  } catch {
    return null;
  }
}

function keep(storage: Storage, name: string, value: object | null): void {
  try {
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, JSON.stringify(value));
  } catch {
    return; // the browser keeps nothing for pages: a reload starts a new visit
  }
}
