/** What this technician's group may do, as the relay says; the applet holds to the same list. */

import { type Access, FUNCTIONS } from "@deskside/codec/wire/access.gen";
import { desk, sessions } from "./console";

/** Whether a permission is on, by its name. */
export function has(name: string): boolean {
  return desk.value?.functions?.includes(name) ?? false;
}

/** Whether everything that is seen is recorded, whatever the technician wants. */
export function mustRecord(): boolean {
  return desk.value?.recording?.forced ?? false;
}

/** Whether the customer of this session may be asked for this. */
export function mayAsk(access: Access, session: number): boolean {
  return has(FUNCTIONS[access]) && canGive(access, session);
}

/** Whether the customer of this session could be asked for this only if they ran the help program. */
export function needsProgram(access: Access, session: number): boolean {
  return sessions.value.get(session)?.session_type !== "lens" && has(FUNCTIONS[access]) && !canGive(access, session);
}

/** Whether the chat can be turned off: in a browser it is how the two go on when there is nothing else. */
export function maySwitchChat(session: number): boolean {
  const { kind, session_type } = sessions.value.get(session) ?? {};
  return has("chat_toggle") && kind !== "page" && session_type !== "chat";
}

/** Whether the help program runs on the computer of this session's customer, as far as that is known. */
export function runsProgram(session: number): boolean {
  const system = sessions.value.get(session)?.system ?? "";
  const systems = desk.value?.systems;
  return system === "" || systems == null || systems.some((each) => each.startsWith(system));
}

/** Whether this could be asked for once a session that started as a chat is opened up. */
export function beyondChat(access: Access, session: number): boolean {
  return sessions.value.get(session)?.session_type === "chat" && has(FUNCTIONS[access]) && hasMeans(access, session);
}

/** Whether what the customer runs could give this, whatever this session and this group allow. */
export function hasMeans(access: Access, session: number): boolean {
  const { means = [], kind } = sessions.value.get(session) ?? {};
  // Whatever it says: no browser lends a page the mouse, the keyboard or the clipboard.
  if (kind === "page" && (access === "control" || access === "clipboard")) return false;
  if (means.length === 0) return access !== "camera"; // the help program shows none
  return access === "record" || means.includes(access);
}

/** Whether the customer can be asked for this now; as `within_means` of codec/wire/customer_kinds.py, to which the permit holds. */
export function canGive(access: Access, session: number): boolean {
  const { session_type: type = "standard", state } = sessions.value.get(session) ?? {};
  if (state === "on_hold" || state === "transferring") return false;
  const isOfType = type === "standard" || (type === "lens" && (access === "camera" || access === "record"));
  return isOfType && hasMeans(access, session);
}
