/** Why something about predefined replies was not done, in sentences. */

import type { Failed } from "../wire/page.gen";
import { t } from "./texts";

export function replySentence(failed: Failed): string {
  switch (failed.problem) {
    case "bad_replies":
      return t("This file does not contain predefined replies that Deskside exported. Nothing was added.");
    case "bad_address":
      return t("Enter a whole address. It begins with https://, http:// or ftp://.");
    case "empty_reply":
      return t("Enter a name and a text or an address.");
    case "too_many_replies":
      return t("You have as many predefined replies as can be kept. Delete some, then add new ones.");
    case "reply_gone":
      return t("This predefined reply was deleted in the meantime. Add it as a new one.");
    case "replies_not_kept":
      return t("Your predefined replies cannot be written to this computer’s disk. Nothing was changed.");
    default:
      return failed.message;
  }
}
