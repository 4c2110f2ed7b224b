/** The recording: whether it runs, and the button that begins and ends it. */

import { now } from "../../state/console";
import { mayAsk, mustRecord } from "../../state/functions";
import { span, t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import type { Props, Tool } from "../tool";

export const recording: Tool = { name: "recording", buttons: { more: Recording } };

/** The red dot with the time that runs: pressed, it stops, unless the group demands the recording. */
function Recording({ room }: Props) {
  const since = room.recorded.value;
  const allowed = room.may("record");
  if (since === undefined && !allowed) {
    if (!mayAsk("record") || mustRecord()) return null;
    return (
      <button
        type="button"
        class="tool"
        aria-label={t("Record")}
        data-tip={t("Record")}
        disabled={room.asking.value !== undefined}
        onClick={() => room.ask("record")}
      >
        <Icon name="record" />
      </button>
    );
  }
  const time = since === undefined ? "…" : span((now.value - since) / 1000);
  const running = t("Recording, {time}", { time });
  const label = mustRecord()
    ? `${running}. ${t("Your organisation records every session.")}`
    : `${running}. ${t("Stop recording")}`;
  return (
    <button
      type="button"
      class="tool tool--rec"
      aria-label={label}
      data-tip={label}
      aria-disabled={mustRecord()}
      onClick={() => !mustRecord() && room.send({ kind: "release", access: "record" })}
    >
      <span class="rec-dot" />
      {time}
    </button>
  );
}
