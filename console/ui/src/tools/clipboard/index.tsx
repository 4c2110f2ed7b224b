/** The shared clipboard: what is copied on one computer can be pasted on the other. */

import { mayAsk } from "../../state/functions";
import { t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import type { Props, Tool } from "../tool";

export const clipboard: Tool = {
  name: "clipboard",
  hears: {
    clipboard_text: (room, message) => {
      room.theirsTooLong.value = 0;
      if (room.sharesClipboard()) void room.clipboard.take(message.text);
    },
    clipboard_too_long: (room, message) => {
      if (room.sharesClipboard()) room.theirsTooLong.value = message.size;
    },
  },
  buttons: { more: Clipboard },
};

function Clipboard({ room }: Props) {
  if (!room.may("clipboard") && !mayAsk("clipboard")) return null;
  const shared = room.sharesClipboard();
  const label = clipboardLabel(shared, room.may("clipboard"));
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={shared}
      aria-label={label}
      data-tip={label}
      disabled={room.asking.value !== undefined}
      onClick={() => room.shareClipboard(!shared)}
    >
      <Icon name="clipboard" />
    </button>
  );
}

function clipboardLabel(shared: boolean, allowed: boolean): string {
  if (shared) return t("The clipboard is shared. Stop sharing");
  return allowed ? t("Share the clipboard") : t("Request the clipboard");
}
