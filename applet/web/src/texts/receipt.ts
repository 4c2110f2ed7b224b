/** The receipt: what happened in a session, to read and to keep. */

import type { Access } from "@deskside/codec/wire/access.gen";
import type { Period, UiState } from "../session/uiState.ts";
import { endingHeading, goesOn } from "./sentences.ts";
import { day, decimal, language, list, minutes, t, timeOfDay } from "./texts.ts";

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
    { about: t("You allowed"), said: accessWords(state.allowedOnce) || t("Nothing"), below: "" },
  ];
  if (state.photosSent > 0) rows.push({ about: t("Photos sent"), said: decimal(state.photosSent), below: "" });
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
  const head = [endingHeading(state), ...(state.endedAt === null ? [] : [day(state.endedAt)]), endingSentence(state)];
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

/** Return why the session is over. */
export function endingSentence(state: UiState): string {
  const technician = state.technician;
  switch (state.ending) {
    case "customer":
    case "closed_by_customer":
    case "closed_by_waiting_customer":
    case "refused_by_customer":
      return t("You ended the session.");
    case "declined":
      return t("You declined the terms, so the session did not begin.");
    case "bye_technician":
    case "closed_by_technician":
      if (technician === "") return t("A technician has closed your request.");
      return t("{technician} has left.", { technician });
    case "goes_on_in_program":
      return t("This page is no longer connected. In the help program you decide what {technician} may see and do.", {
        technician,
      });
    case "goes_on_in_page":
      return t("This page is no longer connected. If you did not open another one, tell {technician} by phone.", {
        technician,
      });
    case "aborted_technician_removed":
      return t("The organisation has ended the session. Call them if you still need help.");
    case "timed_out":
      if (state.terms !== null) return t("You did not accept the terms in time.");
      return t("The session ended because no one answered for a long time.");
    case "secrets_differ":
      return t("The extra digits were wrong. Nothing was shared. Ask your technician for a new PIN.");
    case "link_differs":
      return t("The link is damaged. Nothing was shared. Ask your technician for a new one.");
    case "changed_on_the_way":
      return t("Something on the network changed the connection. Nothing was shared. Tell your technician by phone.");
    case "too_many_attempts":
      return t("The connection was restarted too many times, so the session was ended. Tell your technician by phone.");
    case "not_restored":
      return t(
        "This page was loaded again and could not get back into the session. Ask your technician for a new PIN.",
      );
    case "no_guess_left":
      return t("The extra digits were wrong three times. Ask your technician for a new PIN.");
    case "malformed":
      return t("This page and the technician’s program are not compatible. Reload the page, then ask for a new PIN.");
    case "protocol":
      return t("The technician’s program did something unexpected, so the session was ended.");
    default:
      return t("The session has ended.");
  }
}

/** Return that what was seen no longer is, an empty text where nothing was. */
export function unseenSentence(state: UiState): string {
  if (goesOn(state)) return ""; // who sees the screen now is up to what the session goes on with
  const { allowedOnce } = state;
  const [screen, camera] = [allowedOnce.includes("view"), allowedOnce.includes("camera")];
  if (screen && camera) return t("No one can see your screen or your camera any more.");
  if (camera) return t("No one can see your camera any more.");
  return screen ? t("No one can see your screen any more.") : "";
}

/** Return what was allowed at some time, as one phrase; an empty text where nothing was. */
function accessWords(allowed: readonly Access[]): string {
  const words: readonly (readonly [Access, string])[] = [
    ["view", t("viewing your screen")],
    ["camera", t("viewing your camera")],
    ["record", t("recording the session")],
  ];
  const listed = list(words.filter(([access]) => allowed.includes(access)).map(([, word]) => word));
  return listed.charAt(0).toLocaleUpperCase(language()) + listed.slice(1);
}

/** Return when something was, from its first to its last minute: one time where both are the same. */
function periodWords({ from, to }: Period): string {
  const [first, last] = [timeOfDay(from), timeOfDay(to ?? from)];
  return first === last ? first : t("{first} to {last}", { first, last });
}
