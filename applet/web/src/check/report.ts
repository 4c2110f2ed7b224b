/** What a customer copies for the helpdesk: results and figures. No address of theirs and no secret is in it. Pure. */

import { decimal, t } from "../texts/texts.ts";
import type { Measured, Result } from "./rules.ts";
import { causeSentence, outcomeWord, testName } from "./sentences.ts";

export interface Place {
  host: string;
  browser: string;
  system: string;
  /** When the tests ended, as people write it. */
  at: string;
}

/** Return the report as plain text. */
export function reportOf(results: readonly Result[], measured: Measured, place: Place): string {
  const { host, browser, system, at } = place;
  const head = t("Connection test of {host}, {at}", { host, at });
  const lines = results.map(
    (result) =>
      `${testName(result.test)}: ${outcomeWord(result, measured)}. ${causeSentence(result.cause, measured, host)}.`,
  );
  return [head, `${browser}, ${system}`, ...lines, figures(measured), ""].join("\n");
}

/** Figures have the same names in every language: helpdesks compare them. */
function figures({ rttMs, downMbit, upMbit, clockSeconds, channel, udp, socket }: Measured): string {
  const shown = (value: number | null, unit: string) => (value === null ? "–" : `${decimal(value)} ${unit}`);
  return [
    `RTT ${shown(rttMs, "ms")}`,
    `↓ ${shown(downMbit, "Mbit/s")}`,
    `↑ ${shown(upMbit, "Mbit/s")}`,
    `Δt ${shown(clockSeconds, "s")}`,
    `WebRTC ${channel ? "✓" : "✗"}`,
    `UDP/STUN ${udp === null ? "–" : udp ? "✓" : "✗"}`,
    `WebSocket ${socket === "works" ? "✓" : "✗"}`,
  ].join(" · ");
}
