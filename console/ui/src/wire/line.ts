/** The page's line to its engine: one WebSocket, reopened when it breaks, with questions that are answered once. */

import { type PageMessage, pack, type SessionMessage, unpack, wellFormed } from "@deskside/codec/wire/messages";
import type { Done, Failed, FromPage, ToPage } from "./page.gen";

const HEAD_BYTES = 4;
const RETRY_MS = 500;
const KEY_REFUSED = 1008;

/** What a page can ask for: everything that carries a request number, which the line adds. */
export type Question = Extract<FromPage, { request: number }>;
export type Unnumbered<Asked> = Asked extends Question ? Omit<Asked, "request"> : never;

export interface Listener {
  page(message: ToPage): void;
  session(session: number, message: SessionMessage): void;
  up(): void;
  /** The line broke. `shut` means that the engine no longer knows this page's key: nothing will be retried. */
  down(shut: boolean): void;
}

/** The engine said no; `failed` says why. */
export class RefusedError extends Error {
  constructor(readonly failed: Failed) {
    super(failed.message);
  }
}

/** The line broke before the answer came. Ask again when it is up. */
export class LineDownError extends Error {}

interface Waiting {
  resolve(done: Done): void;
  reject(error: Error): void;
}

export class Line {
  private socket: WebSocket | undefined;
  private request = 0;
  private readonly waiting = new Map<number, Waiting>();

  constructor(
    private readonly key: string,
    private readonly listener: Listener,
  ) {}

  /** Connect, and stay connected. */
  open(): void {
    const socket = new WebSocket(`ws://${location.host}/page`);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ key: this.key }));
      this.listener.up();
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.hear(event.data);
    socket.onclose = (event) => this.closed(event.code === KEY_REFUSED);
  }

  /** Ask for something. Rejects with RefusedError or LineDownError. */
  ask(question: Unnumbered<Question>): Promise<Done> {
    this.request += 1;
    const request = this.request;
    return new Promise((resolve, reject) => {
      if (!this.say({ ...question, request } as Question)) {
        reject(new LineDownError());
        return;
      }
      this.waiting.set(request, { resolve, reject });
    });
  }

  /** Say something that needs no answer. Returns whether the line is up. */
  say(message: FromPage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(wellFormed(message)));
    return true;
  }

  /** Send a session message; without a line it is lost, as a key press should be. */
  send(session: number, message: PageMessage): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const body = pack(message);
    const frame = new Uint8Array(HEAD_BYTES + body.length);
    new DataView(frame.buffer).setUint32(0, session, true);
    frame.set(body, HEAD_BYTES);
    this.socket.send(frame);
  }

  private hear(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      const session = new DataView(data).getUint32(0, true);
      this.listener.session(session, unpack(new Uint8Array(data, HEAD_BYTES)));
      return;
    }
    const message = JSON.parse(data) as ToPage;
    if (message.type === "done") this.take(message.request)?.resolve(message);
    else if (message.type === "failed") this.take(message.request)?.reject(new RefusedError(message));
    else this.listener.page(message);
  }

  private take(request: number): Waiting | undefined {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    return waiting;
  }

  private closed(shut: boolean): void {
    for (const waiting of this.waiting.values()) waiting.reject(new LineDownError());
    this.waiting.clear();
    this.listener.down(shut);
    if (!shut) setTimeout(() => this.open(), RETRY_MS);
  }
}
