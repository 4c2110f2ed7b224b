/** Why nobody was let in, in the reader's language: the cause, and what to do about it. */

import type { Failed } from "../wire/page.gen";
import { waitSentence } from "./sentences";
import { t } from "./texts";

/** Return the sentence; what this page does not know is said as the relay says it. */
export function signInRefusal(failed: Failed): string {
  switch (failed.problem) {
    case "wrong_sign_in":
      return t("The e-mail address or the password is not right. Check both. Passwords are case-sensitive.");
    case "wrong_code":
      return t("The code is wrong. Use the one that your app shows now. Each code works only once.");
    case "enrolment_needed":
      return t("Your organisation requires two-step verification. Set it up before you continue.");
    case "not_from_here":
      return t(
        "Your organisation does not allow sign-ins from this network. Use another one, or ask an administrator.",
      );
    case "disabled":
      return t("Your account is disabled. Ask an administrator to enable it.");
    case "group_disabled":
      return t("Your group is disabled, so its members cannot sign in. Ask an administrator to enable it.");
    case "no_licence":
      return t("Your account has no licence for the console. Ask an administrator to give you one.");
    case "no_licence_free":
      return t(
        "Your account has no licence for the console, and all licences are in use. Ask an administrator to free one.",
      );
    case "not_a_technician":
      return t(
        "This is an administrator’s account without a licence for the console. Add a licence in the Admin Center.",
      );
    case "other_version":
      return t("This console and the server are of different versions. Install the same version of both.");
    case "ticket_ended":
      return t("This took too long, or was done already. Sign in again.");
    case "relay_unreachable":
      return t("The server does not answer. Check its address and your network, then try again.");
    default:
      return waitSentence(failed);
  }
}

/** Return where a refusal can be put right, and what to call that. */
export function remedy(failed: Failed, relay: string): { to: string; words: string } | undefined {
  return failed.problem === "not_a_technician"
    ? { to: `${relay}/admin`, words: t("Open the Admin Center") }
    : undefined;
}

/** Return what is wrong with a new password. */
export function passwordProblem(failed: Failed): string {
  switch (failed.problem) {
    case "too_short":
      return t("Use at least 8 characters.");
    case "guessable":
      return t("Choose something that is not your name or your address.");
    case "same":
      return t("Choose a password that differs from the present one.");
    case "not_good":
    case "not_strong":
    case "not_excellent":
      return t("This password is not strong enough. Look at the rules above.");
    default:
      return failed.message;
  }
}
