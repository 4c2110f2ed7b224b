/**
 * What a direct path needs of RTCPeerConnection, which only a page has: the session may be in a worker.
 *
 * In one thread `PagePeerConnection` is enough. Otherwise the page calls `servePeerConnections` with one end of a
 * MessageChannel and the worker `WorkerPeerConnections` with the other (links/portPeerConnection.ts).
 */

import type { IceServer } from "../../wire/apiTypes.gen.ts";
import { CHANNEL } from "./direct.gen.ts";

/** The part of RTCDataChannel that is used. */
export interface DataChannel {
  binaryType: string;
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onbufferedamountlow: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
}

export type DescriptionType = "offer" | "answer";

/** One attempt at a direct path, with its one channel. Close it in the end. */
export interface PeerConnection {
  /** Resolves with the channel, before anything has been described. */
  channel(): Promise<DataChannel>;
  /** Make our half; from then on our addresses are gathered. Rejects with what the browser says. */
  describe(type: DescriptionType): Promise<void>;
  /** Resolves when all of our addresses are known, which may take as long as STUN servers are silent. */
  gathered(): Promise<void>;
  /** Resolves with our half, as far as it is known by now. */
  description(): Promise<string>;
  /** Take the other end's half. Rejects with what the browser says. */
  accept(type: DescriptionType, sdp: string): Promise<void>;
  /** Called when there is no path any more, or the other end wants more than the one channel. */
  onLost: (() => void) | null;
  close(): void;
}

/** The part of a page's RTCPeerConnection that is used: a worker's types do not have it. */
export interface BrowserPeerConnection {
  readonly connectionState: string;
  readonly iceGatheringState: string;
  readonly localDescription: { readonly sdp: string } | null;
  onconnectionstatechange: ((event: never) => void) | null;
  onicegatheringstatechange: ((event: never) => void) | null;
  ondatachannel: ((event: never) => void) | null;
  createDataChannel(label: string, options: { negotiated: boolean; id: number }): DataChannel;
  createOffer(): Promise<{ sdp?: string; type: string }>;
  createAnswer(): Promise<{ sdp?: string; type: string }>;
  setLocalDescription(description: { sdp?: string; type: DescriptionType }): Promise<void>;
  setRemoteDescription(description: { sdp: string; type: DescriptionType }): Promise<void>;
  close(): void;
}

/** Makes a page's connection: `(iceServers) => new RTCPeerConnection({ iceServers })`. */
export type MakeConnection = (servers: BrowserIceServer[]) => BrowserPeerConnection;

/** A server as browsers take it: they do not take null. */
export interface BrowserIceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** A peer connection of this very page. */
export class PagePeerConnection implements PeerConnection {
  onLost: (() => void) | null = null;
  readonly dataChannel: DataChannel;
  private readonly connection: BrowserPeerConnection;
  private readonly whenGathered: Promise<void>;

  constructor(servers: readonly IceServer[], make: MakeConnection) {
    this.connection = make(servers.map(browserServer));
    this.dataChannel = this.connection.createDataChannel("deskside", { negotiated: true, id: CHANNEL });
    this.connection.onconnectionstatechange = () => {
      if (["failed", "closed"].includes(this.connection.connectionState)) this.onLost?.();
    };
    this.connection.ondatachannel = () => this.onLost?.();
    this.whenGathered = new Promise((resolve) => {
      this.connection.onicegatheringstatechange = () => {
        if (this.connection.iceGatheringState === "complete") resolve();
      };
    });
  }

  async channel(): Promise<DataChannel> {
    return this.dataChannel;
  }

  async describe(type: DescriptionType): Promise<void> {
    const made = type === "offer" ? this.connection.createOffer() : this.connection.createAnswer();
    await this.connection.setLocalDescription({ type, sdp: (await made).sdp });
  }

  gathered(): Promise<void> {
    return this.whenGathered;
  }

  async description(): Promise<string> {
    return this.connection.localDescription?.sdp ?? "";
  }

  accept(type: DescriptionType, sdp: string): Promise<void> {
    return this.connection.setRemoteDescription({ type, sdp });
  }

  close(): void {
    this.connection.close();
  }
}

function browserServer({ urls, username, credential }: IceServer): BrowserIceServer {
  return { urls, ...(username != null && { username }), ...(credential != null && { credential }) };
}
