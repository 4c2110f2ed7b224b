/** The technician's predefined replies and addresses, as the engine tells them, and how they are found while typing. */

import { signal } from "@preact/signals";
import type { Failed, Reply, ReplyKind } from "../wire/page.gen";
import { ask, attempt } from "./engine";

export const replies = signal<readonly Reply[]>([]);
/** Whether they are in front, instead of the sessions. */
export const managing = signal(false);
/** So many are offered at once: more typing finds the others. */
const OFFERED = 50;

/** What was typed after a slash, and where that slash is. */
export interface Slash {
  at: number;
  search: string;
}

/** Return what is searched for at the end of a text: a slash begins it, at the start or after a space. */
export function slashIn(text: string): Slash | undefined {
  const found = /(?:^|\s)\/([^\n/]{0,60})$/.exec(text);
  return found === null ? undefined : { at: text.length - found[1]!.length - 1, search: found[1]! };
}

/** Return those with all words of a search, the ones first whose name has them. */
export function matching(all: readonly Reply[], search: string): readonly Reply[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string) => words.every((word) => text.toLocaleLowerCase().includes(word));
  const named = all.filter(({ name }) => has(name));
  const others = all.filter((each) => !named.includes(each) && has(`${each.name} ${each.content}`));
  return [...named, ...others].slice(0, OFFERED);
}

/** Keep one, in the place of `id` unless that is empty. Returns why not. */
export async function saveReply(
  id: string,
  kind: ReplyKind,
  name: string,
  content: string,
): Promise<Failed | undefined> {
  return attempt({ type: "save_reply", id, kind, name, content });
}

export async function deleteReply(id: string): Promise<Failed | undefined> {
  return attempt({ type: "delete_reply", id });
}

/** Add what is in a file. Returns how many were not there yet, or why none was added. */
export async function importReplies(xml: string): Promise<number | Failed> {
  const outcome = await ask({ type: "import_replies", xml });
  return outcome.type === "failed" ? outcome : (outcome.count ?? 0);
}

/** Return the file with all of them, or why there is none. */
export async function exportReplies(): Promise<string | Failed> {
  const outcome = await ask({ type: "export_replies" });
  return outcome.type === "failed" ? outcome : (outcome.text ?? "");
}
