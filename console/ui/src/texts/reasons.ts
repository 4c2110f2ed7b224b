/** Why a recording stopped or could not begin, in the technician's language. */

import { t } from "./texts";

/** What the console program says, and the sentence for it. The program names the folder too; people need the remedy. */
function reasons(): readonly (readonly [string, string])[] {
  return [
    ["no space is left there", t("The disk is full. Free some space or choose another location, then record again.")],
    ["your share of the space there is used up", t("Your disk quota is used up. Free some space, then record again.")],
    ["you may not write there", t("You do not have permission to write to that folder. Choose another location.")],
    ["nothing can be written there", t("That location is read-only. Choose another location.")],
    ["the folder does not exist", t("The folder does not exist. Create it or choose another location.")],
    ["part of the path is not a folder", t("Part of the path is not a folder. Choose another location.")],
    ["there is such a file already", t("A file with this name already exists, and recordings are never overwritten.")],
    ["the name is too long there", t("The path is too long. Choose a location with a shorter path.")],
    ["files there cannot be that large", t("Files this large cannot be stored there. Choose another location.")],
    ["the location is gone", t("The location is no longer available. Reconnect it, then record again.")],
    ["the file was deleted while it was written", t("The file was deleted while it was being written. Record again.")],
    ["disk is too slow to record", t("This computer or its disk is too slow to record.")],
    [
      "Recordings cannot go where your group wants them",
      t("The location that your organisation chose cannot be used. Tell your administrator."),
    ],
  ];
}

/** Return why a recording stopped, with what is left of it. */
export function recordingStopped(detail: string): string {
  const known = reasons().find(([said]) => detail.includes(said));
  return known === undefined
    ? t("Recording stopped because of an error. The part up to then was saved.")
    : t("Recording stopped. {reason}", { reason: known[1] });
}
