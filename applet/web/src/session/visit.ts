/** One code that was entered, and what it leads to: the relay's socket, and through it the technician's program. */

import type { WorkerPeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import { StreamFullError } from "@deskside/codec/session/stream";
import type { Lane } from "@deskside/codec/wire/lanes.gen";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import type { FromApplet, Leaving } from "@deskside/codec/wire/signals.gen";
import type { Code } from "./codes.ts";
import { Peer, type PeerEvents } from "./peer.ts";
import { RelaySocket } from "./relay.ts";
import type { ToApplet } from "./signals.ts";
import { FAREWELL_SECONDS } from "./visit.gen.ts";

/** Begins at once. `meet` the technician when the relay lets us in, `leave` in the end. As applet/session/visit.py. */
export class Visit {
  private peer: Peer | null = null;
  private readonly relay: RelaySocket;
  private readonly running: Promise<void>;

  /** `hear` gets what the relay says, but for what only the technician's program needs. */
  constructor(
    readonly code: Code,
    about: { computer: string; system: string; means: string[] },
    private readonly paths: WorkerPeerConnections | null,
    private readonly hear: (signal: ToApplet) => void,
    private readonly online: (reachable: boolean) => void,
    ticket: string | null,
  ) {
    const events = {
      hear: (signal: ToApplet) => this.heard(signal),
      online: this.online,
      lost: () => this.networkLost(),
      isUrgent: () => this.isCutOff,
    };
    this.relay = new RelaySocket(code, about, events, ticket);
    this.running = this.relay.run();
  }

  /** Whether the relay has let us in. */
  get isMet(): boolean {
    return this.peer !== null;
  }

  /** Whether a key was agreed with the technician's program. */
  get isConnected(): boolean {
    return this.peer?.connection != null;
  }

  /** The relay has let us into this session: wait for the technician's program. */
  meet(session: number, events: PeerEvents): void {
    this.peer = new Peer(session, this.code.secret, this.code.relay, this.paths, events);
  }

  /** Tell the technician's program that this page was loaded again. */
  lostKey(): void {
    this.peer?.lostKey();
  }

  /** The customer has the secret of this code after all. */
  giveSecret(secret: string): void {
    this.code.secret = secret;
    this.peer?.giveSecret(secret);
  }

  /** Another technician may take over, whose program does not have this code's secret. */
  handOver(): void {
    this.code.secret = null;
    this.peer?.handOver();
  }

  /** Another technician has the session now: the one before has no part in it any more. */
  forgetKey(): void {
    if (this.isConnected) this.peer?.forgetKey();
  }

  /** Say something to the relay. */
  say(signal: FromApplet): void {
    this.relay.say(signal);
  }

  /** There is reason to doubt the network. */
  probe(): void {
    this.relay.probe();
  }

  /** The browser says that there is a network again. */
  networkChanged(): void {
    this.relay.hurry();
    this.relay.probe();
  }

  /** Send a message to the technician's program, where it is connected. A line too slow for it loses it: false. */
  send(message: SessionMessage): boolean {
    try {
      this.peer?.send(message);
      return this.peer !== null;
    } catch (error) {
      if (!(error instanceof StreamFullError)) throw error;
      return false;
    }
  }

  /** Forget what waits on a lane. */
  discard(lane: Lane): void {
    this.peer?.discard(lane);
  }

  /** Say goodbye on both sides, and let go of everything. */
  async leave(leaving: Leaving): Promise<void> {
    const peer = this.peer;
    this.peer = null;
    await peer?.close(FAREWELL_SECONDS);
    this.relay.leave(leaving);
    await this.running;
  }

  private heard(signal: ToApplet): void {
    if (signal.type === "signal") this.peer?.signal(signal.data);
    else if (signal.type === "tunnel") this.peer?.tunnel(signal.ticket, signal.ice_servers);
    else this.hear(signal);
  }

  private networkLost(): void {
    this.peer?.connection?.networkLost();
  }

  private get isCutOff(): boolean {
    return this.peer?.connection != null && this.peer.connection.kind === null;
  }
}
