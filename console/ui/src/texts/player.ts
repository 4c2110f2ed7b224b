/** What happened in a recording, in sentences. */

import type { Mark } from "../wire/page.gen";
import { accessList } from "./sentences";
import { t } from "./texts";

export interface People {
  customer: string;
  technician: string;
}

/** Return whether a mark is something that was written. */
export function isChat(mark: Mark): boolean {
  return mark.kind === "customer_wrote" || mark.kind === "technician_wrote";
}

/** Return what happened; of what was written, who wrote. */
export function markSentence(mark: Mark, { customer, technician }: People): string {
  const names = { name: customer, technician, what: accessList((mark.text ?? "").split(" ")) };
  const sentences: Record<Mark["kind"], string> = {
    began: t("Recording started"),
    customer_wrote: t("{name} wrote", names),
    technician_wrote: t("{technician} wrote", names),
    asked: t("{technician} requested: {what}", names),
    allowed: t("{name} allowed: {what}", names),
    declined: t("{name} said no", names),
    released: t("{technician} stopped: {what}", names),
    stopped: t("{name} stopped everything", names),
    noted: mark.text ?? "",
    left: t("Session ended"),
    ended: t("Recording ended"),
  };
  return sentences[mark.kind];
}

/** Return the icon of a mark. */
export function markIcon(mark: Mark): string {
  const icons: Record<Mark["kind"], string> = {
    began: "record",
    customer_wrote: "chat",
    technician_wrote: "chat",
    asked: "help",
    allowed: "check",
    declined: "x",
    released: "inherit",
    stopped: "x",
    noted: "note",
    left: "power",
    ended: "power",
  };
  return icons[mark.kind];
}
