/** How a page gets in: the code in its address is traded once for a key, which this tab keeps until it is closed. */

import { t, timeOfDay } from "../texts/texts";

const KEPT = "deskside-key";

export type Admission = { key: string } | { refused: string };

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

function why(answer: { message?: string; used?: number }): string {
  if (answer.used === undefined) return answer.message ?? "";
  return t(
    "This link was already used at {time}. If that was not you, another program has opened your console. Stop Deskside Console, then start it again.",
    { time: timeOfDay(new Date(answer.used)) },
  );
}

function kept(): Admission {
  const key = sessionStorage.getItem(KEPT);
  return key === null ? { refused: "" } : { key };
}
