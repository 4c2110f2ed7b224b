/**
 * A WebSocket to the relay, which notices soon that the network has become another one (codec/session/links/signalling.py).
 *
 * A browser shows no addresses and no pings, so the relay is asked by a signal that it answers: now and then, and at
 * once where there is reason to doubt the network. It has PROBE_SECONDS to answer; whatever it says counts.
 */

import { DesksideError } from "../../errors.ts";
import { Flag } from "../../flag.ts";
import {
  BUSY_SECONDS,
  CLOSE_SECONDS,
  CONNECT_SECONDS,
  HEARTBEAT_SECONDS,
  PROBE_SECONDS,
  TRY_AGAIN_LATER,
} from "./signalling.gen.ts";

/** As codec/wire/signals.py writes them. A pong is for nobody else. */
const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

/** The relay does not answer over this socket any more: the network is another one, or gone. */
export class LineLostError extends DesksideError {
  override name = "LineLostError";
}

/** The relay is too busy: no one gets in for `seconds`. */
export class ComeAgainError extends DesksideError {
  override name = "ComeAgainError";

  constructor(readonly seconds: number) {
    super("the relay is busy");
  }
}

/** No socket could be opened, or it is closed: the browser does not say why. */
export class UnreachableError extends DesksideError {
  override name = "UnreachableError";
}

/** One such socket. Made by `connect`; `read` it to its end, `close` it in the end. */
export class Signalling {
  private readonly over = new Flag();
  private readonly arrived: string[] = [];
  private take: ((text: string) => void) | null = null;
  private failure: unknown = null;
  private patience: ReturnType<typeof setTimeout> | null = null;
  private readonly heartbeat: ReturnType<typeof setInterval>;

  private constructor(private readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => this.heard(data);
    socket.onclose = ({ code }) => this.end(code === TRY_AGAIN_LATER ? new ComeAgainError(BUSY_SECONDS) : null);
    this.heartbeat = setInterval(() => this.probe(), 1_000 * HEARTBEAT_SECONDS);
  }

  /** See `connect`. */
  static async open(socket: WebSocket): Promise<Signalling> {
    const open = new Flag();
    socket.onopen = () => open.set();
    socket.onerror = () => open.set();
    await open.waitFor(CONNECT_SECONDS);
    if (socket.readyState !== socket.OPEN) {
      socket.close();
      throw new UnreachableError("the relay cannot be reached");
    }
    return new Signalling(socket);
  }

  /** Hand over what the relay says, until it closes. Rejects with LineLostError, ComeAgainError, what `take` throws. */
  async read(take: (text: string) => void): Promise<void> {
    for (const text of this.arrived.splice(0)) take(text);
    this.take = take;
    await this.over.wait();
    if (this.failure !== null) throw this.failure;
  }

  /** Send a text. Throws UnreachableError where the socket is not open. */
  say(text: string): void {
    if (this.socket.readyState !== this.socket.OPEN) throw new UnreachableError("the relay's socket is closed");
    this.socket.send(text);
  }

  /** Ask whether the relay still answers here; where it does not, `read` ends with LineLostError. */
  probe(): void {
    if (this.patience !== null || this.over.isSet || this.socket.readyState !== this.socket.OPEN) return;
    this.patience = setTimeout(() => {
      this.end(new LineLostError("the relay does not answer any more: the network is another one, or gone"));
    }, 1_000 * PROBE_SECONDS);
    this.socket.send(PING);
  }

  /** Close it, without waiting for a relay that does not answer. */
  async close(): Promise<void> {
    const closed = new Flag();
    this.socket.onclose = () => closed.set();
    this.end(null);
    this.socket.close();
    if (this.socket.readyState !== this.socket.CLOSED) await closed.waitFor(CLOSE_SECONDS);
  }

  private heard(data: unknown): void {
    if (this.patience !== null) clearTimeout(this.patience);
    this.patience = null;
    if (typeof data !== "string" || data === PONG || this.over.isSet) return;
    if (this.take === null) {
      this.arrived.push(data);
      return;
    }
    try {
      this.take(data);
    } catch (error) {
      this.end(error);
    }
  }

  private end(failure: unknown): void {
    if (this.over.isSet) return;
    this.failure = failure;
    clearInterval(this.heartbeat);
    if (this.patience !== null) clearTimeout(this.patience);
    this.over.set();
  }
}

/** Open a socket at an address. Rejects with UnreachableError. */
export function connect(address: string): Promise<Signalling> {
  return Signalling.open(new WebSocket(address.replace(/^http/, "ws")));
}
