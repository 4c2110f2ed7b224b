/** How customers are invited, as the technician's group has it. Pure. */

import type { Method } from "@deskside/codec/wire/apiTypes.gen";
import type { GroupSettings } from "@deskside/codec/wire/groupSettings.gen";
import { t } from "../texts/texts";

/** Return the ways that the group allows, the usual one first. A link may be sent by any means, or by e-mail only. */
export function methodsOf(settings: GroupSettings = {}): Method[] {
  const { connections_pin = true, connections_link = true, connections_own_mail = true } = settings;
  const methods: Method[] = connections_pin ? ["pin"] : [];
  return connections_link || connections_own_mail ? [...methods, "link"] : methods;
}

/** Whether sessions of the group start as chats, whatever its technicians choose. */
export function startsAsChat(settings: GroupSettings = {}): boolean {
  return settings.applet_run_type === "instant_chat";
}

/** Return a mail that only lacks its receiver, in the group's words. It holds the link, and nothing else that is secret. */
export function mailOf(link: string, organisation: string, settings: GroupSettings = {}): string {
  const subject = settings.connections_mail_subject || t("Remote support by {organisation}", { organisation });
  const body = settings.connections_mail_text
    ? `${settings.connections_mail_text}\n\n${link}`
    : t("Please open this link to start the support session. It works once: {link}", { link });
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.replaceAll("\n", "\r\n"))}`;
}
