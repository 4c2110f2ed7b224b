/**
 * The direct link (codec/session/links/direct.py): a WebRTC data channel between the two computers (RFC 8831).
 *
 * The console offers, the applet answers; both descriptions travel sealed, inside the session itself, with all their
 * addresses: there is no trickle. A direct path that died is replaced by a whole new attempt.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { Flag } from "../../flag.ts";
import { LinkKind } from "../pathManager.gen.ts";
import { type Link, LinkClosedError } from "./base.ts";
import { ATTEMPT_SECONDS, HIGH_WATER_BYTES, LOW_WATER_BYTES, MAX_CANDIDATES } from "./direct.gen.ts";
import { Inbox } from "./inbox.ts";
import type { DataChannel, DescriptionType, PeerConnection } from "./peerConnection.ts";

/**
 * Addresses that a browser has not found by then are not told. Those of this machine are there at once, STUN servers
 * answer within one second; one that is silent would hold everything up for ten.
 */
const GATHERING_SECONDS = 3;
const GONE = "the direct path is gone";
const utf8 = new TextEncoder();

/** One attempt at a direct path, and the link that it gives. Close it in the end, whatever happened. */
export class DirectPath implements Link {
  readonly kind = LinkKind.DIRECT;
  binding: Uint8Array = new Uint8Array(0);
  private readonly inbox = new Inbox();
  private readonly changed = new Flag();
  private channel: DataChannel | null = null;
  private offered = "";
  /** Rejects when the path is gone: a browser never answers what it was asked before it closed a connection. */
  private readonly gone: Promise<never>;
  private reject!: (reason: LinkClosedError) => void;

  constructor(private readonly peer: PeerConnection) {
    this.gone = new Promise((_, reject) => {
      this.reject = reject;
    });
    this.gone.catch(() => {});
    peer.onLost = () => this.end(GONE);
  }

  /** Resolves with the description for the other end. Rejects with LinkClosedError. */
  async offer(): Promise<string> {
    this.offered = await this.described("offer");
    return this.offered;
  }

  /** Take the other end's offer; resolves with ours. Rejects with LinkClosedError where it is no usable description. */
  async answer(offer: string): Promise<string> {
    await this.listen();
    await this.take(offer, "offer");
    const answer = await this.described("answer");
    this.binding = bindingOf(offer, answer);
    return answer;
  }

  /** Take the answer to our offer. Rejects with LinkClosedError. */
  async accept(answer: string): Promise<void> {
    await this.take(answer, "answer");
    this.binding = bindingOf(this.offered, answer);
  }

  /** Resolves with this path when it carries messages. Rejects with LinkClosedError when there is no direct path. */
  async opened(): Promise<DirectPath> {
    if (this.channel?.readyState !== "open" && !this.inbox.isClosed) await this.changed.waitFor(ATTEMPT_SECONDS);
    if (this.inbox.isClosed || this.channel?.readyState !== "open") {
      throw new LinkClosedError("there is no direct path between the two computers");
    }
    return this;
  }

  async send(data: Uint8Array): Promise<void> {
    const channel = this.channel;
    if (channel === null) throw new LinkClosedError(GONE);
    while (channel.bufferedAmount > HIGH_WATER_BYTES && !this.inbox.isClosed) {
      this.changed.clear();
      await this.changed.wait();
    }
    this.inbox.check();
    try {
      channel.send(data as Uint8Array<ArrayBuffer>);
    } catch (error) {
      throw new LinkClosedError(`${GONE}: ${error}`);
    }
  }

  receive(): Promise<Uint8Array> {
    return this.inbox.take();
  }

  async close(): Promise<void> {
    this.end(GONE);
    this.peer.close();
  }

  private async listen(): Promise<void> {
    const channel = await this.unlessGone(this.peer.channel());
    if (this.channel !== null) return;
    this.channel = channel;
    channel.binaryType = "arraybuffer";
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.onopen = () => this.changed.set();
    channel.onbufferedamountlow = () => this.changed.set();
    channel.onclose = () => this.end(GONE);
    channel.onmessage = ({ data }) => {
      if (!this.inbox.put(data)) this.end("the other end sends what no link carries");
    };
  }

  /** Return our half with all addresses that are found in time. */
  private async described(type: DescriptionType): Promise<string> {
    await this.listen();
    try {
      await this.unlessGone(this.peer.describe(type));
      const gathered = new Flag();
      this.peer.gathered().then(
        () => gathered.set(),
        () => gathered.set(),
      );
      await this.unlessGone(gathered.waitFor(GATHERING_SECONDS));
      return await this.unlessGone(this.peer.description());
    } catch (error) {
      throw new LinkClosedError(`this browser makes no ${type}: ${error}`);
    }
  }

  private async take(sdp: string, type: DescriptionType): Promise<void> {
    const lines = linesOf(sdp);
    const media = lines.filter((line) => line.startsWith("m="));
    if (media.length !== 1 || !media[0]!.startsWith("m=application") || fingerprints(sdp).length === 0) {
      throw new LinkClosedError(`the other end's ${type} describes no data channel`);
    }
    if (lines.filter((line) => line.startsWith("a=candidate:")).length > MAX_CANDIDATES) {
      throw new LinkClosedError(`the other end's ${type} names more addresses than a computer has`);
    }
    try {
      await this.unlessGone(this.peer.accept(type, sdp));
    } catch (error) {
      throw new LinkClosedError(`the other end's ${type} cannot be used: ${error}`);
    }
  }

  private unlessGone<Value>(asked: Promise<Value>): Promise<Value> {
    return Promise.race([asked, this.gone]);
  }

  private end(reason: string): void {
    this.inbox.close(reason);
    this.reject(new LinkClosedError(reason));
    this.changed.set();
  }
}

/** Hash both ends' DTLS fingerprints (RFC 8122) as the two descriptions name them. */
function bindingOf(offer: string, answer: string): Uint8Array {
  return sha256(utf8.encode([...fingerprints(offer), "", ...fingerprints(answer)].join("\n")));
}

function fingerprints(sdp: string): string[] {
  return linesOf(sdp)
    .filter((line) => line.startsWith("a=fingerprint:"))
    .map((line) => line.trim())
    .sort();
}

function linesOf(sdp: string): string[] {
  return sdp.split(/\r\n|\r|\n/);
}
