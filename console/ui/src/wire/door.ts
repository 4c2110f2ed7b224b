/** How a page gets in: the code in its address is traded once for a key, which this tab keeps until it is closed. */

const KEPT = "deskside-key";

export type Admission = { key: string } | { refused: string };

/** Return the key of this page, or why there is none. The code leaves the address bar at once. */
export async function enter(): Promise<Admission> {
  const code = new URLSearchParams(location.hash.slice(1)).get("open");
  history.replaceState(null, "", location.pathname);
  if (code === null) return kept();
  const response = await fetch("/open", { method: "POST", body: JSON.stringify({ code }) });
  const answer = (await response.json()) as { key?: string; message?: string };
  if (answer.key === undefined) return "key" in kept() ? kept() : { refused: answer.message ?? "" };
  sessionStorage.setItem(KEPT, answer.key);
  return { key: answer.key };
}

/** The key no longer opens anything. */
export function forget(): void {
  sessionStorage.removeItem(KEPT);
}

function kept(): Admission {
  const key = sessionStorage.getItem(KEPT);
  return key === null ? { refused: "" } : { key };
}
