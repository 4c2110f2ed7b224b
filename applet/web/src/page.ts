/** The page's side of a session: what the views use. See src/wire/page.ts for what it says to the worker. */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { Intent, UiState } from "./session/uiState.ts";

/** One customer's page. It lives as long as the page does: one session may follow another. */
export interface JoinSession {
  /** What the customer should see now. */
  readonly state: UiState;
  /** Call `changed` at once and at every change, until the returned function is called. */
  subscribe(changed: (state: UiState) => void): () => void;
  /** Ask something of the session. A yes goes through `decide`. */
  intent(intent: Exclude<Intent, { type: "decide" }>): void;
  /**
   * Answer the open question. Call it directly in the handler of a click: where the yes includes `view` and nothing is
   * shown yet, it opens the browser's picker, which needs the gesture. Resolves when the worker has the answer.
   */
  decide(serial: number, allowed: readonly Access[]): Promise<void>;
  /** Show something else in the place of what is shown. Call it directly in the handler of a click. */
  showAnother(): Promise<void>;
  /** What is shown, for a preview; null while nothing is. */
  readonly stream: MediaStream | null;
}

/** Begin. There is one for each page. */
export function openSession(): JoinSession {
  throw new Error("the session is not built yet");
}
