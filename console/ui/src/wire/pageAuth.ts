/** How a page gets in: the code in its address is traded once for a key, which this tab keeps until it is closed. */

const KEPT = "deskside-key";

/** Why a page is not let in. */
export type Refused =
  /** The key of this tab is one of a console that has been restarted. */
  | { why: "restarted" }
  /** The address was opened without a code, in a tab that has no key. */
  | { why: "no_code" }
  /** The code was used before, at this time in milliseconds. */
  | { why: "used"; at: number }
  /** The console never gave this code, or does not want to hear another one now. */
  | { why: "wrong_code"; message: string };

export type Admission = { key: string } | { refused: Refused };

/** Return the key of this page, or why there is none. The code leaves the address bar at once. */
export async function enter(): Promise<Admission> {
  const code = new URLSearchParams(location.hash.slice(1)).get("open");
  history.replaceState(null, "", location.pathname);
  if (code === null) return kept();
  const response = await fetch("/open", { method: "POST", body: JSON.stringify({ code }) });
  const answer = (await response.json()) as { key?: string; message?: string; used?: number };
  if (answer.key === undefined) return "key" in kept() ? kept() : { refused: why(answer) };
  sessionStorage.setItem(KEPT, answer.key);
  return { key: answer.key };
}

/** What a person types to open another page of this console, and to start it again. */
export interface Commands {
  command: string;
  start: string;
}

/** Return the commands of this console, undefined where it does not answer. */
export async function howToOpen(): Promise<Commands | undefined> {
  try {
    return (await (await fetch("/open")).json()) as Commands;
  } catch {
    return undefined;
  }
}

/** Come in again by a fresh address that is opened in this tab: the browser loads nothing when only the code differs. */
export function watchAddress(): void {
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#open=")) location.reload();
  });
}

/** The key no longer opens anything. */
export function forget(): void {
  sessionStorage.removeItem(KEPT);
}

function why(answer: { message?: string; used?: number }): Refused {
  if (answer.used === undefined) return { why: "wrong_code", message: answer.message ?? "" };
  return { why: "used", at: answer.used };
}

function kept(): Admission {
  const key = sessionStorage.getItem(KEPT);
  return key === null ? { refused: { why: "no_code" } } : { key };
}
