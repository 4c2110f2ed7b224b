/** The page's way to its engine: what the page asks of it, and what it tells it. */

import type { PageMessage } from "@deskside/codec/wire/messages";
import { t } from "../texts/texts";
import { Line, LineDownError, type Listener, type Question, RefusedError, type Unnumbered } from "../wire/line";
import type { Done, Failed, FromPage } from "../wire/page.gen";

let line: Line | undefined;

/** Connect with the key of this page, and stay connected. */
export function connect(key: string, listener: Listener): void {
  line = new Line(key, listener);
  line.open();
}

/** Ask for something; return why not, if it is not done. */
export async function attempt(question: Unnumbered<Question>): Promise<Failed | undefined> {
  const outcome = await ask(question);
  return outcome.type === "failed" ? outcome : undefined;
}

/** Ask for something; return the answer. */
export async function ask(question: Unnumbered<Question>): Promise<Done | Failed> {
  try {
    return await line!.ask(question);
  } catch (error) {
    if (error instanceof RefusedError) return error.failed;
    if (!(error instanceof LineDownError)) throw error;
    const message = t("Deskside Console does not answer. Start it again, then try again.");
    return { type: "failed", request: 0, problem: "engine", message };
  }
}

/** Tell something that needs no answer. Returns whether the line is up. */
export function tell(message: FromPage): boolean {
  return line?.say(message) ?? false;
}

/** Send a session message; without a line it is lost. */
export function send(session: number, message: PageMessage): void {
  line?.send(session, message);
}
