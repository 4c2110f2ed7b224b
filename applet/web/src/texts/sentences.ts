/** Every sentence that depends on what happened. Those of the views are beside what they are in. */

import type { CustomersCause } from "@deskside/codec/session/diagnosis";
import { type Problem, recordingSince, type Surface, type UiState } from "../session/uiState.ts";
import { amount, t } from "./texts.ts";

/** How the customer came here. */
export type Way = "pin" | "link" | "channel";

/** Return what went wrong with a PIN or link, and what to do. */
export function problemSentence(problem: Problem, retrySeconds: number | null, way: Way): string {
  const byLink = way === "link";
  switch (problem) {
    case "not_served":
    case "no_answers":
    case "closed":
    case "no_one_there":
    case "unknown":
      return byLink
        ? t("Copy the whole link, or ask your technician for a new one.")
        : t("No technician has this PIN. Check each digit, or ask for a new PIN.");
    case "expired":
      return byLink
        ? t("This link has expired. Ask your technician for a new one.")
        : t("This PIN has expired. Ask your technician for a new one.");
    case "used":
      return byLink
        ? t("This link has already been used. It works only once. Ask your technician for a new one.")
        : t("This PIN has already been used. It works only once. Ask your technician for a new one.");
    case "cancelled":
      return byLink
        ? t("This link has been cancelled. Ask your technician for a new one.")
        : t("This PIN has been cancelled. Ask your technician for a new one.");
    case "too_many":
      return t("Too many wrong attempts. Try again in {time}.", { time: amount(retrySeconds ?? 1) });
    case "busy":
      return t("This service is busy at the moment. Try again in {time}.", { time: amount(retrySeconds ?? 1) });
    case "ended":
      return t("The server does not answer. Check your internet connection, then try again.");
    case "bad_message":
      return t("This page is out of date. Reload it, then try again.");
    case "not_digits":
      return t("A PIN contains only digits. Check it, or paste the whole link.");
    case "not_whole":
      return t("This PIN is incomplete. Ask your technician to read it again, digit by digit.");
    case "not_whole_nine":
      return t("A PIN that begins with 9 has nine digits. Ask your technician to read all of them again.");
    case "too_long":
      return t("This is neither a PIN nor a link. Copy it again.");
    case "not_a_link":
      return t("This is not a link from your technician. Copy the whole link.");
    case "half_a_link":
      return t("Part of the link is missing. Copy the whole link, including everything after the # sign.");
    case "not_extra_digits":
      return t("These cannot be the extra digits: there are at least four. Ask your technician to read them again.");
    case "no_guess_left":
      return byLink
        ? t("This link was wrong three times and no longer works here. Ask your technician for a new one.")
        : t("This PIN was wrong three times and no longer works here. Ask your technician for a new one.");
    case "other_relay":
      return t("This link belongs to another address. Open the link itself instead of pasting it here.");
  }
}

/** Return why the technician sees what is shown late or blurred, and what to do. */
export function slowSentence(cause: CustomersCause, { technician, camera }: UiState): string {
  switch (cause) {
    case "narrow_line":
      return camera === null
        ? t("{technician} sees your screen blurred or late: the connection is slow, or a computer is busy.", {
            technician,
          })
        : t("{technician} sees your camera blurred or late: the connection is slow, or a device is busy.", {
            technician,
          });
    case "line_stalled":
      return t("Nothing new arrives for a moment. {technician} sees what was shown before.", {
        technician,
      });
    case "customer_busy":
    case "slow_encode":
      return camera === null
        ? t("Your computer is very busy, so {technician} sees your screen late. Close what you do not need.", {
            technician,
          })
        : t("Your device is very busy, so {technician} sees your camera late. Close what you do not need.", {
            technician,
          });
  }
}

/** Return what is shown, as the bar says it. */
export function seesSentence(surface: Surface): string {
  switch (surface) {
    case "monitor":
      return t("{technician} sees your whole screen");
    case "window":
      return t("{technician} sees one window");
    case "browser":
      return t("{technician} sees one browser tab");
    case "camera":
      return t("{technician} sees your camera");
    case "unknown":
      return t("{technician} sees what you chose");
  }
}

/** Return what is shown, in a few words, and what is not. */
export function surfaceWords(surface: Surface): readonly [string, string] {
  switch (surface) {
    case "monitor":
      return [t("A whole screen is shown"), t("Including notifications")];
    case "window":
      return [t("One window is shown"), t("Nothing else")];
    case "browser":
      return [t("One browser tab is shown"), t("Nothing else")];
    case "camera":
      return [t("Your camera is shown"), t("No sound, and nothing else")];
    case "unknown":
      return [t("What you chose is shown"), t("Nothing else")];
  }
}

/** Return that the connection is gone, and how long that may take. */
export function lostSentence(state: UiState): string {
  if (!state.away) return t("Keep this page open. It reconnects without you, and nothing is shown until then.");
  return state.reachesRelay
    ? t("{technician} has been away for a minute. You can wait or end the session.", { technician: state.technician })
    : t(
        "This page has not reached the server for a minute. Check your internet connection. It reconnects without you.",
      );
}

/**
 * Return what a listener should hear of a change that a reader sees at a glance, null where there is nothing
 * and an empty text where what was said last is no longer true.
 *
 * What has the focus or a role of its own (questions, problems, the chat) says itself.
 */
export function changeSentence(before: UiState, after: UiState): string | null {
  const technician = after.technician;
  if (after.stage !== before.stage) return after.stage === "entering" ? t("Looking for your technician…") : ""; // nothing old
  if (after.stage !== "together") return null;
  if (!after.online && before.online) return t("The connection was lost.");
  if (after.online && !before.online) return t("You are connected again.");
  if (after.sharing !== null && before.sharing === null) {
    return after.sharing.surface === "camera"
      ? t("{technician} can see your camera. Stop is at the top of this page.", { technician })
      : t("{technician} can see what you chose. Stop is at the top of this page.", { technician });
  }
  if (after.sharing === null && before.sharing !== null) {
    return t("{technician} sees nothing any more.", { technician });
  }
  const [wasRecorded, isRecorded] = [before, after].map((state) => recordingSince(state) !== null);
  if (isRecorded && !wasRecorded) {
    return t("{technician} is recording this session.", { technician });
  }
  if (!isRecorded && wasRecorded) return t("The recording has ended.");
  if (after.chatOn !== before.chatOn) return after.chatOn ? t("The chat is on.") : t("The chat is off.");
  return null;
}

/** Return what became of the session, as a heading. */
export function endingHeading({ ending }: UiState): string {
  switch (ending) {
    case "goes_on_in_program":
      return t("The session continues in the help program");
    case "goes_on_in_page":
      return t("The session continues in another browser page");
    default:
      return t("The session has ended");
  }
}

/** Whether the session is over only for this page. */
export function goesOn({ ending }: UiState): boolean {
  return ending === "goes_on_in_program" || ending === "goes_on_in_page";
}
