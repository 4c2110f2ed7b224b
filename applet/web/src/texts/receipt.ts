/** The receipt: what happened in a session, to read and to keep. */

import type { UiState } from "../session/uiState.ts";
import { accessWords, endingSentence, periodWords } from "./sentences.ts";
import { day, minutes, t } from "./texts.ts";

/** One row: what it is about, what is said, and what is said in small below it. */
export interface ReceiptRow {
  about: string;
  said: string;
  below: string;
}

/** Return the rows of the receipt. `host` is where the session was. */
export function receiptRows(state: UiState, host: string): ReceiptRow[] {
  const rows = [
    { about: t("Who"), said: [state.technician, state.organisation].filter(Boolean).join(", ") || "–", below: host },
    { about: t("How long"), said: duration(state), below: lasted(state) },
    { about: t("You allowed"), said: accessWords(state.allowedOnce).join(", ") || t("Nothing"), below: "" },
  ];
  const recorded = state.recordings.map(periodWords).join(", ");
  if (state.allowedOnce.includes("record")) {
    rows.push({ about: t("Recorded"), said: recorded || t("No"), below: "" });
  }
  // Words prove something only if they were compared, and this page cannot know that.
  if (state.vouched) rows.push({ about: t("Checked by"), said: t("A secret in the PIN or link"), below: "" });
  else if (state.words.length > 0) rows.push({ about: t("Words"), said: state.words.join("-"), below: "" });
  rows.push({ about: t("Installed"), said: t("Nothing"), below: t("Everything ran in this page") });
  return rows;
}

/** Return the receipt as a text file. */
export function receiptText(state: UiState, host: string): string {
  const head = [
    t("The session has ended"),
    ...(state.endedAt === null ? [] : [day(state.endedAt)]),
    endingSentence(state),
  ];
  const rows = receiptRows(state, host).map(({ about, said, below }) => {
    return `${about}: ${said}${below === "" ? "" : ` (${below})`}`;
  });
  return [...head, "", ...rows, ""].join("\n");
}

/** Return the name of that file. */
export function receiptName(state: UiState, host: string): string {
  const at = new Date(state.endedAt ?? 0);
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, "0"))
    .join("-");
  return `${t("Receipt")} ${date} ${host.replace(/[^\w.-]/g, "-")}.txt`;
}

function lasted({ beganAt, endedAt }: UiState): string {
  return beganAt === null || endedAt === null ? "" : periodWords({ from: beganAt, to: endedAt });
}

function duration(state: UiState): string {
  if (state.beganAt === null) return t("It did not start");
  const whole = Math.floor(((state.endedAt ?? state.beganAt) - state.beganAt) / 60_000);
  return whole < 1 ? t("Less than a minute") : minutes(whole);
}
