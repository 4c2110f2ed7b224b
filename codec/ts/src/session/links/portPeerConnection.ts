/**
 * Peer connections of a page for the session in its worker, over a MessagePort.
 *
 * For each one the worker sends a port of its own. A browser that lets go of a data channel gives it to the worker, and
 * then no frame passes the page; one that does not passes frames through the page, whose messages are never held back
 * while it is hidden, as its timers are.
 */

import type { IceServer } from "../../wire/apiTypes.gen.ts";
import {
  type DataChannel,
  type DescriptionType,
  type MakeConnection,
  PagePeerConnection,
  type PeerConnection,
} from "./peerConnection.ts";

type Call =
  | { ask: number; what: "describe"; type: DescriptionType }
  | { ask: number; what: "gathered" | "description" }
  | { ask: number; what: "accept"; type: DescriptionType; sdp: string };

type ToPage = Call | { send: Uint8Array<ArrayBuffer> } | { low: number } | { close: true };

type ToWorker =
  | { channel: DataChannel | null }
  | { answered: number; value?: string; refused?: string }
  | { opened: true }
  | { message: unknown }
  | { sent: number; buffered: number }
  | { closed: true }
  | { lost: true };

/** In the page: make what the worker at the other end of `port` asks for, until the page goes. */
export function servePeerConnections(port: MessagePort, make: MakeConnection): void {
  port.onmessage = ({ data }: MessageEvent<{ servers: IceServer[]; port: MessagePort }>) => {
    serve(data.port, data.servers, make);
  };
}

function serve(port: MessagePort, servers: IceServer[], make: MakeConnection): void {
  const say = (message: ToWorker, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  let connection: PagePeerConnection;
  try {
    connection = new PagePeerConnection(servers, make);
  } catch (error) {
    port.onmessage = ({ data }) => "ask" in data && say({ answered: data.ask, refused: String(error) });
    say({ channel: null });
    return;
  }
  const channel = connection.dataChannel;
  connection.onLost = () => say({ lost: true });
  try {
    // Only in the task in which it was made may it be given away.
    say({ channel }, [channel as unknown as Transferable]);
  } catch {
    say({ channel: null });
    passThrough(channel, say);
  }
  port.onmessage = ({ data }: MessageEvent<ToPage>) => {
    if ("ask" in data) void answer(connection, data, say);
    else if ("low" in data) channel.bufferedAmountLowThreshold = data.low;
    else if ("close" in data) {
      connection.close();
      port.close();
    } else sendOn(channel, data.send, say);
  };
}

async function answer(connection: PagePeerConnection, call: Call, say: (message: ToWorker) => void): Promise<void> {
  try {
    const value = await carryOut(connection, call);
    say({ answered: call.ask, ...(value !== undefined && { value }) });
  } catch (error) {
    say({ answered: call.ask, refused: String(error) });
  }
}

async function carryOut(connection: PagePeerConnection, call: Call): Promise<string | undefined> {
  switch (call.what) {
    case "describe":
      await connection.describe(call.type);
      return undefined;
    case "gathered":
      await connection.gathered();
      return undefined;
    case "description":
      return connection.description();
    case "accept":
      await connection.accept(call.type, call.sdp);
      return undefined;
  }
}

function passThrough(channel: DataChannel, say: (message: ToWorker, transfer?: Transferable[]) => void): void {
  channel.binaryType = "arraybuffer";
  channel.onopen = () => say({ opened: true });
  channel.onclose = () => say({ closed: true });
  channel.onmessage = ({ data }) => say({ message: data }, data instanceof ArrayBuffer ? [data] : []);
  channel.onbufferedamountlow = () => say({ sent: 0, buffered: channel.bufferedAmount });
}

function sendOn(channel: DataChannel, data: Uint8Array<ArrayBuffer>, say: (message: ToWorker) => void): void {
  try {
    channel.send(data);
  } catch {
    say({ closed: true });
    return;
  }
  say({ sent: data.length, buffered: channel.bufferedAmount });
}

/** In the worker: peer connections of the page at the other end of `port`. */
export class WorkerPeerConnections {
  constructor(private readonly port: MessagePort) {}

  /** Have the page make one. */
  make(servers: readonly IceServer[]): PeerConnection {
    const { port1, port2 } = new MessageChannel();
    this.port.postMessage({ servers, port: port2 }, [port2]);
    return new PortPeerConnection(port1);
  }
}

class PortPeerConnection implements PeerConnection {
  onLost: (() => void) | null = null;
  private asked = 0;
  private isClosed = false;
  private readonly waiting = new Map<number, { resolve: (value: string) => void; reject: (why: Error) => void }>();
  private readonly whenThere: Promise<DataChannel>;
  private there!: (channel: DataChannel) => void;
  private readonly passed: PassedChannel;

  constructor(private readonly port: MessagePort) {
    this.whenThere = new Promise((resolve) => {
      this.there = resolve;
    });
    this.passed = new PassedChannel((message) => port.postMessage(message));
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => this.hear(data);
  }

  channel(): Promise<DataChannel> {
    return this.whenThere;
  }

  async describe(type: DescriptionType): Promise<void> {
    await this.ask({ ask: ++this.asked, what: "describe", type });
  }

  async gathered(): Promise<void> {
    await this.ask({ ask: ++this.asked, what: "gathered" });
  }

  description(): Promise<string> {
    return this.ask({ ask: ++this.asked, what: "description" });
  }

  async accept(type: DescriptionType, sdp: string): Promise<void> {
    await this.ask({ ask: ++this.asked, what: "accept", type, sdp });
  }

  close(): void {
    this.isClosed = true;
    this.port.postMessage({ close: true } satisfies ToPage);
    for (const { reject } of this.waiting.values()) reject(new Error("it was closed"));
    this.waiting.clear();
  }

  private ask(call: Call): Promise<string> {
    if (this.isClosed) return Promise.reject(new Error("it was closed"));
    return new Promise((resolve, reject) => {
      this.waiting.set(call.ask, { resolve, reject });
      this.port.postMessage(call);
    });
  }

  private hear(message: ToWorker): void {
    if ("channel" in message) this.there(message.channel ?? this.passed);
    else if ("lost" in message) this.onLost?.();
    else if ("answered" in message) {
      const asked = this.waiting.get(message.answered);
      this.waiting.delete(message.answered);
      if (message.refused === undefined) asked?.resolve(message.value ?? "");
      else asked?.reject(new Error(message.refused));
    } else this.passed.hear(message);
  }
}

/** A data channel that stays in the page. What it has taken and not told of yet counts as waiting. */
class PassedChannel implements DataChannel {
  binaryType = "arraybuffer";
  readyState = "connecting";
  onopen: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onbufferedamountlow: ((event: never) => void) | null = null;
  private low = 0;
  private onTheWay = 0;
  private buffered = 0;

  constructor(private readonly say: (message: ToPage) => void) {}

  get bufferedAmount(): number {
    return this.onTheWay + this.buffered;
  }

  get bufferedAmountLowThreshold(): number {
    return this.low;
  }

  set bufferedAmountLowThreshold(low: number) {
    this.low = low;
    this.say({ low });
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    if (this.readyState !== "open") throw new Error(`the channel is ${this.readyState}`);
    this.onTheWay += data.length;
    this.say({ send: data });
  }

  hear(message: Exclude<ToWorker, { channel: unknown } | { answered: number } | { lost: true }>): void {
    if ("opened" in message) {
      this.readyState = "open";
      this.onopen?.(undefined as never);
    } else if ("closed" in message) {
      this.readyState = "closed";
      this.onclose?.(undefined as never);
    } else if ("message" in message) {
      this.onmessage?.({ data: message.message } as MessageEvent);
    } else {
      const before = this.bufferedAmount;
      this.onTheWay -= message.sent;
      this.buffered = message.buffered;
      if (before > this.low && this.bufferedAmount <= this.low) this.onbufferedamountlow?.(undefined as never);
    }
  }
}
