/** The recording: whether it runs, and the button that begins and ends it. */

import { now } from "../../state/console";
import { mayAsk, mustRecord } from "../../state/functions";
import { span, t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import type { Props, Tool } from "../tool";

export const recording: Tool = { name: "recording", buttons: { more: Recording } };

/** The red dot with the time that runs: pressed, it stops, unless the group demands the recording. */
function Recording({ openSession }: Props) {
  const since = openSession.recorded.value;
  const allowed = openSession.may("record");
  if (since === undefined && !allowed) {
    if (!mayAsk("record", openSession.id) || mustRecord()) return null;
    return (
      <button
        type="button"
        class="tool"
        aria-label={t("Record")}
        data-tip={t("Record")}
        disabled={openSession.asking.value !== undefined}
        onClick={() => openSession.ask("record")}
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
      onClick={() => !mustRecord() && openSession.send({ kind: "release", access: "record" })}
    >
      <span class="rec-dot" />
      {time}
    </button>
  );
}
