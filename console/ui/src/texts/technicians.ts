/** What is said of technicians. */

import type { Colleague, TechnicianStatus, Technicians } from "@deskside/codec/wire/signals.gen";
import { t } from "./texts";

export function statusWord(status: TechnicianStatus): string {
  return { available: t("Available"), busy: t("Busy"), away: t("Away") }[status];
}

/** Return why someone is not as they chose; empty where they are. */
export function statusReason(own: Colleague, { chosen }: Technicians): string {
  if (chosen !== "available" || own.status === "available") return "";
  return own.status === "busy"
    ? t("Set automatically because of your number of sessions.")
    : t("Set automatically because of inactivity.");
}

export function sessionCount(count: number): string {
  if (count === 0) return t("No sessions");
  return count === 1 ? t("1 session") : t("{count} sessions", { count });
}
