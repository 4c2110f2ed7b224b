/** How customers are invited, as the technician's group has it. Pure. */

import type { Code, CodeState, Method } from "@deskside/codec/wire/apiTypes.gen";
import type { GroupSettings } from "@deskside/codec/wire/groupSettings.gen";
import { t } from "../texts/texts";

/** A tab of the dialog. By `email` either the technician's own program sends the link, or the relay. */
export type Way = "pin" | "email" | "link" | "sms";

/** So long an address may be that begins a mail: Windows hands mail programs about 2,000 characters, and cuts the rest. */
export const MAX_MAILTO = 2_000;

/** Return the ways that the group allows, the usual one first. Text messages need a gateway of the relay. */
export function waysOf(settings: GroupSettings = {}, hasGateway = false): Way[] {
  const { connections_pin = true, connections_link = true } = settings;
  const ways: Way[] = [];
  if (connections_pin) ways.push("pin");
  if (sendersOf(settings).length > 0) ways.push("email");
  if (connections_link) ways.push("link");
  if (hasGateway && settings.connections_sms === true) ways.push("sms");
  return ways;
}

/** Who can send an e-mail with the link: the technician's own program, or the relay. */
export type MailSender = "own" | "server";

/** Return who may send e-mails in this group. */
export function sendersOf({
  connections_own_mail = true,
  connections_server_mail = false,
}: GroupSettings = {}): MailSender[] {
  const senders: MailSender[] = [];
  if (connections_own_mail) senders.push("own");
  if (connections_server_mail) senders.push("server");
  return senders;
}

/** Return how the relay calls a way. What the technician's own program sends is a link to it. */
export function methodOf(way: Way, sender: MailSender | undefined): Method {
  if (way === "email") return sender === "server" ? "email" : "link";
  return way;
}

/** Whether sessions of the group start as chats, whatever its technicians choose. */
export function startsAsChat(settings: GroupSettings = {}): boolean {
  return settings.applet_run_type === "instant_chat";
}

/** A mail that the technician may still change. The link is not part of the text: it comes below. */
export interface Draft {
  subject: string;
  text: string;
}

/** Return a mail in the group's words. */
export function draftOf(organisation: string, settings: GroupSettings = {}): Draft {
  return {
    subject: settings.connections_mail_subject || t("Remote support by {organisation}", { organisation }),
    text: settings.connections_mail_text || t("Please open this link to start the support session. It works once:"),
  };
}

/** Return what is sent: the text, and the link below it, exactly once. */
export function bodyOf({ text }: Draft, link: string): string {
  const own = text.replaceAll("\r\n", "\n").replaceAll(link, "").trim();
  return own === "" ? link : `${own}\n\n${link}`;
}

/** Return the address that begins this mail (RFC 6068); it only lacks its receiver. */
export function mailtoOf(draft: Draft, link: string): string {
  const body = bodyOf(draft, link).replaceAll("\n", "\r\n");
  const subject = draft.subject.replace(/\s+/g, " ").trim();
  return `mailto:?subject=${encoded(subject)}&body=${encoded(body)}`;
}

/** Half a pair of surrogates, which a paste can leave, has no encoding. */
function encoded(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\ufffd"));
}

/** Return how a code is now: the relay says a little later that its time is over. */
export function stateOf(code: Code, now: number): CodeState {
  return code.state === "issued" && Date.parse(code.expires_at) <= now ? "expired" : code.state;
}
