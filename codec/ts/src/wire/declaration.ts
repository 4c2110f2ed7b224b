/** What is declared of session messages (codec/wire/declaration.py): who says them and when, on which lane. */

import type { Rate } from "../tokenBucket.ts";
import type { Access } from "./access.gen.ts";
import { DECLARED } from "./forms.gen.ts";
import type { Lane } from "./lanes.gen.ts";
import type { SessionMessage } from "./messages.gen.ts";
import type { Function as Permission } from "./permits.gen.ts";
import type { Role } from "./roles.gen.ts";
import type { ToolName } from "./tools.gen.ts";

export type Kind = SessionMessage["kind"];

/** What is declared of one message. Each member is told at its Python twin. */
export interface Declared {
  by: readonly Role[];
  tool?: ToolName;
  needs?: Access;
  function?: Permission;
  longest: number;
  atMost?: Rate;
  counts?: boolean;
  lane: Lane;
  supersedes?: boolean;
  fleeting?: boolean;
  resent?: boolean;
  fromPage?: boolean;
  recorded?: boolean;
  proven?: boolean;
  replayed?: number;
}

const TABLE: Readonly<Record<Kind, Declared>> = DECLARED;

/** Return what is declared of a kind of message. */
export function declared(kind: Kind): Declared {
  return TABLE[kind];
}
