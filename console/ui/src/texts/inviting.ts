/** What became of a PIN or link, in sentences. */

import type { CodeState, Delivery, Method } from "@deskside/codec/wire/apiTypes.gen";
import { t } from "./texts";

/** Return why a code can no longer be used. */
export function endWord(method: Method, state: CodeState): string {
  const isPin = method === "pin";
  switch (state) {
    case "expired":
      return isPin ? t("This PIN has expired.") : t("This link has expired.");
    case "cancelled":
      return isPin ? t("This PIN was cancelled.") : t("This link was cancelled.");
    case "burnt":
      return isPin
        ? t("This PIN was tried with wrong digits too often.")
        : t("This link was tried with a wrong secret too often.");
    default:
      return isPin ? t("This PIN has been used.") : t("This link has been used.");
  }
}

/** Return what became of a link that the relay sends: what is known of it, and no more. */
export function sentSentence({ to, state, problem = "", number = 0 }: Delivery, method: Method): string {
  if (state === "sent")
    return method === "email"
      ? t(
          "The e-mail to {to} was handed to the mail server. If it does not arrive, have the customer look in the spam folder.",
          { to },
        )
      : t("The text message to {to} was handed to the gateway.", { to });
  const values = { to, number };
  switch (problem) {
    case "":
      return t("Sending to {to}…", values);
    case "address":
      return t(
        "The mail server does not accept the address {to} (answer {number}). Check it, then send again.",
        values,
      );
    case "mail":
      return t("The mail server refuses this e-mail (answer {number}). Tell the operator of our server.", values);
    case "sign_in":
      return t(
        "The mail server does not let our server send (answer {number}). Tell the operator of our server.",
        values,
      );
    case "later":
      return t("The mail server did not take the e-mail to {to} yet (answer {number}). It is tried again.", values);
    default:
      return t("The mail server does not answer. It is tried again.");
  }
}

/** Return the same in two or three words, for the list. */
export function deliveryWord({ state, problem = "" }: Delivery): string {
  if (state === "sent") return t("Sent, waiting for the customer");
  if (state === "refused") return t("Not sent: refused");
  return problem === "" ? t("Being sent") : t("Not sent yet");
}
