/** One open session, as this page knows it. */

import { hasSize } from "@deskside/codec/picture/packet";
import { PLANES_VERSION } from "@deskside/codec/picture/packet.gen";
import type { Access } from "@deskside/codec/wire/access.gen";
import type {
  Computer,
  Display,
  Notice,
  PageMessage,
  Picture,
  PointerShape,
  SessionMessage,
  Trouble,
} from "@deskside/codec/wire/messages";
import { computed, signal } from "@preact/signals";
import { SharedClipboard } from "../input/clipboard";
import type { Zoom } from "../input/places";
import { Screen } from "../picture/screen";
import { type ChatLine, type Connected, LENS_QUESTION, MAX_LINES } from "../wire/page.gen";
import { panelHasRoom } from "./layout";

/** An event is told beside the customer's name for so long. */
const NEWS_MS = 8_000;
const PATIENCE = 3;
const AGAIN_MS = 1_000;

export type Tab = "chat" | "notes" | "events" | "details";
/** What a tool does when the applet says something, kind by kind. */
export type Heard = {
  [Kind in SessionMessage["kind"]]?: (
    openSession: OpenSession,
    message: Extract<SessionMessage, { kind: Kind }>,
  ) => void;
};
const heard = new Map<SessionMessage["kind"], (openSession: OpenSession, message: never) => void>();

/** Let tools hear what is theirs, from now on. */
export function listen(tools: readonly { readonly hears?: Heard }[]): void {
  for (const { hears } of tools) {
    for (const [kind, take] of Object.entries(hears ?? {})) heard.set(kind as SessionMessage["kind"], take);
  }
}

export type Send = (message: PageMessage) => void;

function isStop(event: ChatLine["event"]): boolean {
  return event === "stopped_by_button" || event === "stopped_by_key";
}

export class OpenSession {
  readonly lines = signal<readonly ChatLine[]>([]);
  readonly unread = signal(0);
  /** The panel beside the picture is closed until there is something to read. */
  readonly panel = signal<Tab | undefined>(undefined);
  /** What has just happened. */
  readonly news = signal<ChatLine | undefined>(undefined);
  readonly connected = signal<Connected | undefined>(undefined);
  readonly granted = signal<ReadonlySet<Access>>(new Set());
  /** Since when the session is recorded, in milliseconds; undefined while it is not. */
  readonly recorded = signal<number | undefined>(undefined);
  /** Whether the technician shares the clipboard: off at first, whatever the customer allows. */
  readonly clipboardOn = signal(false);
  /** A long text is on its way to the customer, whose clipboard still holds an older one. */
  readonly copying = signal(false);
  /** How many bytes the text has that the customer copied and that is too long to be shared, 0 if none was. */
  readonly theirsTooLong = signal(0);
  readonly chatOn = signal(true);
  readonly displays = signal<readonly Display[]>([]);
  readonly display = signal<number | undefined>(undefined);
  /** The question that is open; `seen` says that it is on the customer's screen. */
  readonly asking = signal<{ number: number; seen: boolean; access?: Access } | undefined>(undefined);
  /** What the customer said no to last, until it is asked again or the session goes another way. */
  readonly declined = signal<Access | undefined>(undefined);
  readonly computer = signal<Computer | undefined>(undefined);
  readonly types = signal(false);
  readonly troubles = signal<ReadonlyMap<Trouble, Notice>>(new Map());
  /** What the customer's pointer looks like, once that is known. */
  readonly cursor = signal<PointerShape | undefined>(undefined);
  readonly pointer = signal<{ x: number; y: number } | undefined>(undefined);
  readonly size = signal({ width: 0, height: 0 });
  /** The customer's pictures brought down what decodes them, twice: they are given up until the technician says so. */
  readonly pictureStopped = signal(false);
  readonly zoom = signal<Zoom>("fit");
  readonly draft = signal("");
  /** Notes that are not saved yet, undefined where there are none. */
  readonly notes = signal<string | undefined>(undefined);
  readonly over = computed(() => this.connected.value?.path === "none" || this.connected.value?.path === "refused");
  /** What the customer has allowed to be seen in this session. */
  readonly wasShared = computed(() => {
    const allowed = this.lines.value.filter(({ event }) => event === "allowed").map(({ detail }) => detail ?? "");
    return {
      screen: allowed.some((each) => /\b(view|control)\b/.test(each) && !/\bcamera\b/.test(each)),
      camera: allowed.some((each) => /\bcamera\b/.test(each)),
    };
  });
  /** What the customer has stopped showing, having allowed nothing since. */
  readonly stoppedByCustomer = computed(() => {
    const decided = this.lines.value.filter(({ event }) => event === "allowed" || isStop(event));
    if (!isStop(decided.at(-1)?.event)) return undefined;
    const seen = decided.findLast(({ detail }) => /\b(view|control|camera)\b/.test(detail ?? ""))?.detail;
    if (seen === undefined) return undefined;
    return /\bcamera\b/.test(seen) ? "camera" : "screen";
  });
  /** The line that says who or what ended the session. */
  readonly ending = computed(() => this.lines.value.findLast(({ event }) => /^(ended|refused)_/.test(event ?? "")));
  readonly screen: Screen;
  readonly clipboard: SharedClipboard;
  private shown = false;
  private opensPanel = true;
  /** How often a question is asked again that was not permitted. */
  private patience = 0;

  /** `switchClipboard` tells the engine what the technician wants; `code` is zstd's; `videos` says whether this browser decodes them. */
  constructor(
    readonly id: number,
    readonly send: Send,
    private readonly switchClipboard: (on: boolean) => void,
    code: WebAssembly.Module,
    private readonly videos: boolean,
  ) {
    this.screen = new Screen(code);
    this.screen.resized = () => {
      this.size.value = { width: this.screen.width, height: this.screen.height };
    };
    this.screen.stopped = () => {
      this.pictureStopped.value = true;
    };
    this.clipboard = new SharedClipboard(
      (text) => send({ kind: "clipboard_text", text }),
      (size) => send({ kind: "clipboard_too_long", size }),
    );
  }

  /** The session is left: nothing more is decoded. */
  close(): void {
    this.screen.close();
  }

  may(access: Access): boolean {
    return this.granted.value.has(access);
  }

  /** The engine repeats everything after the page came back; forget what it will say again. */
  startOver(): void {
    this.lines.value = [];
    this.granted.value = new Set();
    this.displays.value = [];
    this.troubles.value = new Map();
    this.asking.value = undefined;
    this.declined.value = undefined;
    this.chatOn.value = true;
    this.clipboardOn.value = false;
  }

  /** Take a line; `looking` says whether this session is in front. */
  line(line: ChatLine, looking: boolean): void {
    if (line.number <= 0) {
      this.earlier(line);
      return;
    }
    this.lines.value = [...this.lines.value, line].slice(-MAX_LINES);
    if (line.who === "system") {
      this.tell(line);
      return;
    }
    this.offerChat();
    if (line.who !== "customer") return;
    this.types.value = false;
    if (!looking || this.panel.value !== "chat") this.unread.value += 1;
  }

  /** Take a line from before this console had the session: nothing happens now. */
  private earlier(line: ChatLine): void {
    const lines = [...this.lines.value, line].sort((one, other) => one.number - other.number);
    this.lines.value = lines.slice(-MAX_LINES);
    if (line.who !== "system") this.offerChat();
  }

  /** Show a tab of the panel, or with undefined none. Once closed, it does not open by itself again. */
  show(tab: Tab | undefined): void {
    this.panel.value = tab;
    this.opensPanel = false;
    if (tab === "chat") this.unread.value = 0;
  }

  /** Open the chat where there is room for it, unless the technician closed it. */
  offerChat(): void {
    if (this.opensPanel && panelHasRoom()) this.show("chat");
  }

  /** The session is in front again. */
  looked(): void {
    if (this.panel.value === "chat") this.unread.value = 0;
  }

  /** The applet says something: what is no tool's is the session's own. */
  hear(message: SessionMessage): void {
    const tool = heard.get(message.kind);
    if (tool !== undefined) {
      tool(this, message as never);
      return;
    }
    switch (message.kind) {
      case "computer":
        this.computer.value = message;
        break;
      case "granted":
        this.grant(new Set(message.access));
        break;
      case "asking":
        this.patience = 0;
        this.asking.value = { number: message.number, seen: true, access: this.askedFor(message.number) };
        break;
      case "answered":
        if (this.asking.value?.number !== message.number) break;
        if (message.permitted === false && this.patience > 0) {
          this.patience -= 1;
          setTimeout(() => this.askAgain(message.number), AGAIN_MS);
          break;
        }
        if (!message.allowed && message.permitted !== false) this.declined.value = this.asking.value.access;
        this.asking.value = undefined;
        break;
      case "stopped":
        this.asking.value = undefined;
        break;
      case "notice":
        this.notice(message);
        break;
    }
  }

  /** Whether texts are copied from one clipboard to the other: the customer allows it, and the technician wants it. */
  sharesClipboard(): boolean {
    return this.may("clipboard") && this.clipboardOn.value;
  }

  /** Share the clipboard, asking the customer where needed; or share it no longer, which gives the permission back. */
  shareClipboard(on: boolean): void {
    this.switchClipboard(on);
    if (on && !this.may("clipboard")) this.ask("clipboard");
    if (!on) this.send({ kind: "release", access: "clipboard" });
  }

  /** The engine says whether the technician shares the clipboard, and whether a long text is on its way. */
  clipboardShared(on: boolean, copying: boolean): void {
    const before = this.sharesClipboard();
    this.clipboardOn.value = on;
    this.copying.value = copying;
    this.beginClipboard(before);
  }

  /** Ask the customer for something, or withdraw the question that is open. */
  ask(access: Access): void {
    const number = crypto.getRandomValues(new Uint32Array(1))[0]!; // another page may be asking too
    this.asking.value = { number, seen: false, access };
    this.declined.value = undefined;
    this.send({ kind: "ask", number, access });
  }

  /**
   * Ask for what the relay has just let the technician ask for. The customer's side may hear of that after the question,
   * and then refuses it by itself: it is asked again, a few times.
   */
  askPatiently(access: Access): void {
    this.patience = PATIENCE;
    this.ask(access);
  }

  /** The technician moved the pointer: where the customer had it no longer counts, unless the customer has it now. */
  pointed(): void {
    if (this.may("control") && !this.troubles.value.has("customer_has_hands_on")) this.pointer.value = undefined;
  }

  withdraw(): void {
    if (this.asking.value !== undefined) this.send({ kind: "withdraw", number: this.asking.value.number });
    this.asking.value = undefined;
  }

  /** Show this display from now on. */
  watch(display: number): void {
    if (display !== this.display.value) this.screen.forget();
    if (this.shown) this.screen.prepare();
    this.display.value = display;
    this.pointer.value = undefined;
    if (this.shown) this.send({ kind: "watch", display, films: this.videos, packets: PLANES_VERSION });
  }

  /** The picture is in sight, or no longer: what nobody sees is not sent. */
  look(shown: boolean): void {
    if (shown === this.shown) return;
    this.shown = shown;
    if (shown) this.screen.prepare();
    if (!this.may("view") || this.display.value === undefined) return;
    this.send({
      kind: "watch",
      display: shown ? this.display.value : null,
      films: this.videos,
      packets: PLANES_VERSION,
    });
  }

  /** Try once more to show pictures that were given up. */
  resumePicture(): void {
    this.screen.resume();
    this.pictureStopped.value = false;
  }

  private grant(granted: ReadonlySet<Access>): void {
    const before = this.sharesClipboard();
    this.granted.value = granted;
    if (!granted.has("control")) this.settle("customer_has_hands_on"); // there is no hand left that could rest
    if (granted.has("view")) this.declined.value = undefined;
    if (!granted.has("view")) {
      this.displays.value = [];
      this.screen.forget();
    }
    this.beginClipboard(before);
  }

  /** Tell what has just happened; what a page hears again after a reload has not. */
  private tell(line: ChatLine): void {
    const left = Date.parse(line.at) + NEWS_MS - Date.now();
    if (left <= 0) return;
    this.news.value = line;
    setTimeout(() => {
      if (this.news.value === line) this.news.value = undefined;
    }, left);
  }

  private beginClipboard(before: boolean): void {
    if (!this.sharesClipboard()) this.theirsTooLong.value = 0;
    else if (!before) void this.clipboard.begin();
  }

  /** Take note of the monitors, and show one of them. */
  arrange(displays: readonly Display[]): void {
    this.displays.value = displays;
    const there = displays.some((display) => display.id === this.display.value);
    const wanted = there ? this.display.value : (displays.find((display) => display.primary) ?? displays[0])?.id;
    if (wanted !== undefined) this.watch(wanted);
  }

  /** Paint a picture of the display that is shown. */
  paint({ display, number, packet }: Picture): void {
    const shown = this.displays.value.find((each) => each.id === display);
    if (shown === undefined || display !== this.display.value) return;
    if (!hasSize(packet, shown.width, shown.height)) return; // the engine passes on no such picture
    this.screen.show(packet, (outcome) => {
      if (outcome === "shown") this.send({ kind: "shown", display, number });
      if (outcome === "refresh") this.send({ kind: "refresh", display });
    });
  }

  private askAgain(number: number): void {
    const access = this.askedFor(number);
    if (access !== undefined) this.ask(access); // else it was withdrawn meanwhile
  }

  private askedFor(number: number): Access | undefined {
    if (number === LENS_QUESTION) return "camera";
    return this.asking.value?.number === number ? this.asking.value.access : undefined;
  }

  private settle(trouble: Trouble): void {
    if (!this.troubles.value.has(trouble)) return;
    const troubles = new Map(this.troubles.value);
    troubles.delete(trouble);
    this.troubles.value = troubles;
  }

  private notice(notice: Notice): void {
    if (notice.trouble === "customer_has_hands_on" && !this.may("control")) return; // nothing of the technician's pauses
    const troubles = new Map(this.troubles.value);
    if (notice.on) troubles.set(notice.trouble, notice);
    else troubles.delete(notice.trouble);
    this.troubles.value = troubles;
  }
}
