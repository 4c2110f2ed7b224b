/** The technician's side of one session: handshake, tunnel, direct path, messages in and out. As applet/session/peer.py. */

import {
  AGAIN,
  type Agreement,
  HandshakeError,
  type HandshakeProblem,
  RANDOM_BYTES,
} from "@deskside/codec/session/handshake";
import { Lines } from "@deskside/codec/session/lines";
import { LinkClosedError } from "@deskside/codec/session/links/base";
import { Connection } from "@deskside/codec/session/links/connection";
import { DirectPath } from "@deskside/codec/session/links/direct";
import type { WorkerPeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import { openTunnel } from "@deskside/codec/session/links/tunnel";
import type { LinkKind } from "@deskside/codec/session/pathManager.gen";
import { Responder } from "@deskside/codec/session/responder";
import { StreamFullError } from "@deskside/codec/session/stream";
import type { IceServer } from "@deskside/codec/wire/apiTypes.gen";
import { declared } from "@deskside/codec/wire/declaration";
import type { Lane } from "@deskside/codec/wire/lanes.gen";
import {
  BadMessageError,
  type PeerMessage,
  pack,
  type SessionMessage,
  UnknownMessageError,
  unpack,
} from "@deskside/codec/wire/peerMessages";
import { fromBase64, toBase64 } from "./base64.ts";

/** Whom a peer tells. None of these throws. */
export interface PeerEvents {
  /** Say this handshake step to the relay. */
  signal(data: string): void;
  /** The console begins over a secret that we were not given. It repeats that until we have it. */
  lacksSecret(): void;
  /** A console began this session's handshake for the second time or more. */
  attempted(attempt: number): void;
  /** There is a new key, and a new console behind it: what an earlier one was allowed no longer holds. */
  agreed(agreement: Agreement): void;
  moved(kind: LinkKind | null): void;
  /** The link in use may be dead. */
  doubted(): void;
  message(message: PeerMessage): void;
  /** The technician's program has more of what the customer wrote: so many of the last lines are not confirmed yet. */
  confirmed(left: number): void;
  refused(problem: HandshakeProblem): void;
  broken(reason: string): void;
}

/** The other end of one session. `close` it in the end. */
export class Peer {
  connection: Connection | null = null;
  private readonly responder: Responder;
  private readonly lines = new Lines(now());
  private iceServers: readonly IceServer[] = [];
  /** Gives up the tunnel that is being opened. */
  private opening: AbortController | null = null;
  private answering: DirectPath | null = null;
  /** Until an attempt has its link or has let go of its sockets: offers without end open no more of them. */
  private attempts: Promise<void> = Promise.resolve();
  private latestAttempt = 0;

  constructor(
    session: number,
    secret: string | null,
    private readonly relay: string,
    private readonly paths: WorkerPeerConnections | null,
    private readonly events: PeerEvents,
  ) {
    const randomness = () => crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
    this.responder = new Responder(String(session), secret ?? undefined, randomness);
  }

  /** Take the console's handshake step, as base64. What is connected lives on until a new key is agreed. */
  signal(data: string): void {
    const { attempt, agreement: before } = this.responder;
    const step = fromBase64(data);
    let said: Uint8Array | undefined;
    try {
      if (step === null) throw new HandshakeError("malformed");
      if (this.responder.lacksSecret(step)) {
        this.events.lacksSecret();
        return;
      }
      said = this.responder.receive(step);
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      this.events.refused(error.problem);
      return;
    }
    if (this.responder.attempt > Math.max(attempt, 1)) this.events.attempted(this.responder.attempt);
    const { agreement } = this.responder;
    if (agreement !== undefined && agreement !== before) this.agree(agreement);
    if (said !== undefined) this.events.signal(toBase64(said));
    else if (this.hasLostKey) this.lostKey(); // the step goes on with an attempt of this page before it was loaded again
  }

  /** The customer has the secret after all. The console's next step, which it repeats, is answered over it. */
  giveSecret(secret: string): void {
    this.responder.give(secret);
  }

  /** Another console may take over, which has no secret. */
  handOver(): void {
    this.responder.handOver();
  }

  /** Whose key it is has no part in the session any more: they hear nothing, and nothing of theirs is heard. */
  forgetKey(): void {
    void this.connection?.close();
    this.connection = null;
    this.lines.use(null);
    this.responder.forget();
  }

  /** Tell the console that we have no key, although it may have one of this page before it was loaded again. */
  lostKey(): void {
    this.events.signal(toBase64(AGAIN));
  }

  /** Open our leg of a new tunnel. */
  tunnel(ticket: string, iceServers: readonly IceServer[]): void {
    this.iceServers = iceServers;
    if (this.hasLostKey) this.lostKey();
    if (this.connection !== null) void this.openTunnel(this.connection, ticket);
  }

  /**
   * Send a message to the console. It waits while there is no link, unless it matters only now. Before a key is agreed
   * it is dropped, but for what people write. Throws StreamFullError.
   */
  send(message: SessionMessage): void {
    const { fleeting, lane, resent, supersedes } = declared(message.kind);
    if (resent) {
      this.lines.add(pack(message), now());
      return;
    }
    if (this.connection === null || (fleeting && this.connection.kind === null)) return;
    if (message.kind === "bye") this.lines.end();
    this.connection.send(lane, pack(message), supersedes);
  }

  /** Do not send what waits on this lane, but for a message that is partly on its way. */
  discard(lane: Lane): void {
    this.connection?.discard(lane);
  }

  /** Let go of every link, after the last messages have arrived where that takes no longer than stated. */
  async close(flushSeconds = 0): Promise<void> {
    this.opening?.abort();
    this.latestAttempt += 1;
    void this.answering?.close();
    const { connection } = this;
    if (connection === null) return;
    if (flushSeconds > 0) await connection.flush(flushSeconds);
    await connection.close();
  }

  /** Whether there is no key, and no attempt that leads to one: in the middle of one, `lostKey` would end it. */
  private get hasLostKey(): boolean {
    return this.connection === null && !this.responder.isAnswering;
  }

  private agree(agreement: Agreement): void {
    void this.connection?.close();
    this.connection = new Connection("applet", agreement.root, {
      onMessage: (_lane, data) => this.message(data),
      onMoved: (kind) => this.events.moved(kind),
      onDoubted: () => this.events.doubted(),
      onProgress: () => this.progress(),
    });
    this.lines.use(this.connection);
    this.events.agreed(agreement);
  }

  private progress(): void {
    const before = this.lines.length;
    this.lines.handOver(now());
    if (this.lines.length < before) this.events.confirmed(this.lines.length);
  }

  private async openTunnel(connection: Connection, ticket: string): Promise<void> {
    this.opening?.abort();
    this.opening = new AbortController();
    try {
      const link = await openTunnel(this.relay, ticket, this.opening.signal);
      if (connection === this.connection) void connection.add(link);
      else await link.close();
    } catch (error) {
      if (!(error instanceof LinkClosedError)) throw error; // the console asks for another one
    }
  }

  private message(data: Uint8Array): void {
    let message: PeerMessage;
    try {
      message = unpack(data);
      if (!declared(message.kind).by.includes("console")) {
        throw new BadMessageError(`a console does not say ${message.kind}`);
      }
    } catch (error) {
      if (error instanceof UnknownMessageError) return;
      if (!(error instanceof BadMessageError)) throw error;
      this.events.broken(error.message);
      return;
    }
    if (message.kind === "offer") this.takeOffer(message.attempt, message.sdp);
    else this.events.message(message);
  }

  private takeOffer(attempt: number, sdp: string): void {
    const { connection, paths } = this;
    if (connection === null || paths === null) return;
    this.latestAttempt += 1;
    const turn = this.latestAttempt;
    void this.answering?.close();
    this.attempts = this.attempts.then(() => {
      if (turn !== this.latestAttempt || connection !== this.connection) return;
      return this.answer(connection, new DirectPath(paths.make(this.iceServers)), attempt, sdp);
    });
  }

  private async answer(connection: Connection, path: DirectPath, attempt: number, sdp: string): Promise<void> {
    this.answering = path;
    try {
      this.send({ kind: "answer", attempt, sdp: await path.answer(sdp) });
      void connection.add(await path.opened());
    } catch (error) {
      await path.close();
      if (!(error instanceof LinkClosedError || error instanceof StreamFullError)) throw error;
    } finally {
      if (this.answering === path) this.answering = null;
    }
  }
}

/** Seconds of a steady clock. */
function now(): number {
  return performance.now() / 1000;
}
