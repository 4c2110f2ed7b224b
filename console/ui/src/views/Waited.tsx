import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { marked } from "../state/alerts";
import { relayNow, timeLimits } from "../state/console";
import { span, t } from "../texts/texts";
import { Icon } from "./parts";

/** How long a session is what it is. One that waits for long is marked: by its colour, and by a symbol and a number beside it. */
export function Waited({ session, seconds }: { session: Session; seconds: number }) {
  const mark = marked(session, timeLimits.value, relayNow.value);
  if (mark === undefined) return <span class="time">{span(seconds)}</span>;
  const meaning =
    mark.endsIn === undefined
      ? t("Alert level {level}: longer than {time}", { level: mark.level, time: span(mark.after) })
      : t("Ends automatically in {time}", { time: span(mark.endsIn) });
  return (
    <span class={`time waited waited--${mark.colour}`} title={meaning}>
      <Icon name={mark.endsIn !== undefined ? "power" : mark.level > 1 ? "alarm" : "clock"} size="s" />
      {span(seconds)}
      {mark.endsIn === undefined && mark.level > 1 && <sup>{mark.level}</sup>}
      <span class="sr">{meaning}</span>
    </span>
  );
}
