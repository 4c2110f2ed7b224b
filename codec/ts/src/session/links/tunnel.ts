/** The relayed link (codec/session/links/tunnel.py): a WebSocket to the relay, which joins it to the other end's. */

import { Flag } from "../../flag.ts";
import { LinkKind } from "../pathManager.gen.ts";
import { type Link, LinkClosedError } from "./base.ts";
import { HIGH_WATER_BYTES } from "./direct.gen.ts";
import { Inbox } from "./inbox.ts";
import { PAIRING_SECONDS, TUNNEL_PATH } from "./tunnel.gen.ts";

/** A WebSocket does not say when it has room again, so it is looked at this often while it has none. */
const LOOK_SECONDS = 0.004;

/** One leg of a tunnel, already joined to the other one. Made by `openTunnel`. */
export class TunnelLink implements Link {
  readonly kind = LinkKind.RELAYED;
  readonly binding = new Uint8Array(0);
  private readonly inbox = new Inbox();
  private readonly told = new Flag();
  private readonly gone = new Flag();
  private isPaired = false;

  private constructor(private readonly socket: WebSocket) {
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.message(data);
    socket.onclose = ({ code }) => this.end(`the relay closed the tunnel (${code})`);
    socket.onerror = () => this.end("the relay cannot be reached");
  }

  /** See `openTunnel`. */
  static async open(socket: WebSocket, ticket: string, given: AbortSignal | undefined): Promise<TunnelLink> {
    const link = new TunnelLink(socket);
    const giveUp = () => link.end("the attempt was given up");
    given?.addEventListener("abort", giveUp);
    if (given?.aborted) giveUp();
    socket.onopen = () => socket.send(JSON.stringify({ ticket }));
    if (!(await link.told.waitFor(PAIRING_SECONDS))) link.end("the other end did not come");
    given?.removeEventListener("abort", giveUp);
    try {
      link.inbox.check();
    } catch (error) {
      void link.close();
      throw new LinkClosedError(`the tunnel did not come about: ${(error as Error).message}`);
    }
    return link;
  }

  /** See Link. The relay holds no queue, so the far end sets the pace. */
  async send(data: Uint8Array): Promise<void> {
    this.inbox.check();
    this.socket.send(data as Uint8Array<ArrayBuffer>);
    while (this.socket.bufferedAmount > HIGH_WATER_BYTES && !this.gone.isSet) await this.gone.waitFor(LOOK_SECONDS);
  }

  receive(): Promise<Uint8Array> {
    return this.inbox.take();
  }

  async close(): Promise<void> {
    this.end("the tunnel was closed");
    this.socket.close();
  }

  private message(data: unknown): void {
    if (this.isPaired) {
      if (!this.inbox.put(data)) this.refuse("the relay's tunnel brought what no tunnel brings");
    } else if (isPaired(data)) {
      this.isPaired = true;
      this.told.set();
    } else {
      this.refuse("the relay refused the tunnel");
    }
  }

  private refuse(reason: string): void {
    this.end(reason);
    this.socket.close();
  }

  private end(reason: string): void {
    this.inbox.close(reason);
    this.gone.set();
    this.told.set();
  }
}

/**
 * Join the tunnel that `ticket` admits to at `relay` (its base address), and wait for the other end to join.
 *
 * Rejects with LinkClosedError when the relay refuses, cannot be reached, the other end does not come, or `given`
 * says that the attempt is given up.
 */
export function openTunnel(relay: string, ticket: string, given?: AbortSignal): Promise<TunnelLink> {
  const address = relay.replace(/^http/, "ws").replace(/\/+$/, "") + TUNNEL_PATH;
  return TunnelLink.open(new WebSocket(address), ticket, given);
}

function isPaired(data: unknown): boolean {
  if (typeof data !== "string") return false;
  try {
    return JSON.parse(data)?.type === "paired";
  } catch {
    return false;
  }
}
