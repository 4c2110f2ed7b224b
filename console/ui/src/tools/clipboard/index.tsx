/** The shared clipboard: what is copied on one computer can be pasted on the other. */

import { mayAsk } from "../../state/functions";
import { t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import type { Props, Tool } from "../tool";

export const clipboard: Tool = {
  name: "clipboard",
  hears: {
    clipboard_text: (openSession, message) => {
      openSession.theirsTooLong.value = 0;
      if (openSession.sharesClipboard()) void openSession.clipboard.take(message.text);
    },
    clipboard_too_long: (openSession, message) => {
      if (openSession.sharesClipboard()) openSession.theirsTooLong.value = message.size;
    },
  },
  buttons: { more: Clipboard },
};

function Clipboard({ openSession }: Props) {
  if (!openSession.may("clipboard") && !mayAsk("clipboard", openSession.id)) return null;
  const shared = openSession.sharesClipboard();
  const label = clipboardLabel(shared, openSession.may("clipboard"));
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={shared}
      aria-label={label}
      data-tip={label}
      disabled={openSession.asking.value !== undefined}
      onClick={() => openSession.shareClipboard(!shared)}
    >
      <Icon name="clipboard" />
    </button>
  );
}

function clipboardLabel(shared: boolean, allowed: boolean): string {
  if (shared) return t("The clipboard is shared. Stop sharing");
  return allowed ? t("Share the clipboard") : t("Request the clipboard");
}
