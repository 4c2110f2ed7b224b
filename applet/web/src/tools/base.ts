/** What a tool is on the customer's side, and what a session lends to it. As applet/tools/base.py. */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { Lane } from "@deskside/codec/wire/lanes.gen";
import type { SessionMessage } from "@deskside/codec/wire/messages.gen";
import type { Function as Permission } from "@deskside/codec/wire/permits.gen";
import type { UiState } from "../session/uiState.ts";

/** What the engine lends to its tools. */
export interface ToolHost {
  readonly uiState: UiState;
  /** Let the customer see this from now on. */
  show(uiState: UiState): void;
  /** Send a message to the technician. Without a connection, or where too much waits already, it is dropped: false. */
  send(message: SessionMessage): boolean;
  /** Do not send what waits on this lane. */
  discard(lane: Lane): void;
  /** Whether the customer allows this now. */
  allows(access: Access): boolean;
  /** Whether the technician's group may do this. */
  permits(permission: Permission): boolean;
  /** Sign with this session's key, where the customer has ever allowed to record. */
  sign(data: Uint8Array): Uint8Array | null;
  /** The customer stopped everything, by something else than the page's own button. */
  stop(): void;
}

/** One tool, for as long as the engine runs. What a tool has no use for it leaves as it is here. */
export abstract class Tool {
  constructor(protected readonly host: ToolHost) {}

  /** The technician says this, and it is allowed. Its kind is one that names this tool. */
  abstract take(message: SessionMessage): void;

  /** The technician says this without what it needs. It is passed over. */
  refuse(_message: SessionMessage): void {}

  /** The customer allows this, and nothing else, from now on. Said before either side hears of it. */
  allow(_granted: ReadonlySet<Access>): void {}

  /** The relay has let us into a session, and its permit is known. */
  entered(): void {}

  /** A key is agreed: the technician's program hears now what holds. */
  met(): void {}

  /** The session is over, or another technician's program takes it on. */
  end(): void {}
}
