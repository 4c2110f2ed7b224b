/** What became of a PIN or link, in sentences. */

import type { CodeState, Delivery, Method } from "@deskside/codec/wire/apiTypes.gen";
import type { Failed } from "../wire/page.gen";
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
  if (method === "sms") return textSentence(to, problem, number);
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
  if (state === "refused") return problem === "unclear" ? t("Perhaps not sent") : t("Not sent: refused");
  return problem === "" ? t("Being sent") : t("Not sent yet");
}

/** Return what became of a text message. Nothing is tried again: each costs money. */
function textSentence(to: string, problem: string, number: number): string {
  switch (problem) {
    case "":
      return t("Sending to {to}…", { to });
    case "address":
      return t("The gateway does not accept the number {to} (answer {number}). Check it, then send again.", {
        to,
        number,
      });
    case "sign_in":
      return t("The gateway does not accept our server’s key (answer {number}). Tell the operator of our server.", {
        number,
      });
    case "later":
      return t("The gateway takes no more text messages for now (answer {number}). Send it again in some minutes.", {
        number,
      });
    case "unreachable":
      return t("Our server cannot reach the gateway, so nothing was sent. Tell the operator of our server.");
    case "unclear":
      return t(
        "The gateway fell silent. Ask the customer whether the text message has arrived, before you send it again.",
      );
    default:
      return t("The gateway has a fault (answer {number}). Tell the operator of our server.", { number });
  }
}

/** Return why something cannot be sent to what was typed. */
export function recipientSentence({ problem, message }: Pick<Failed, "problem" | "message">): string {
  switch (problem) {
    case "not_a_number":
      return t("Enter the number with its country code, for example +31 6 12345678.");
    case "other_country":
      return t("Our server sends no text messages to this country.");
    case "not_an_address":
      return t("Enter one e-mail address.");
    default:
      return message;
  }
}

/** Return what a way to invite customers is called. */
export function wayWord(way: Method): string {
  const words: Record<Method, string> = { pin: t("PIN"), email: t("E-mail"), link: t("Link"), sms: t("Text message") };
  return words[way];
}
