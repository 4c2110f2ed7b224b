/** In a queue: the customer came through a channel, and no technician has picked the session up yet. */

import { dayAndTime, t } from "../texts/texts.ts";
import { Avatar, Icon, Name, rich } from "./parts.tsx";
import { Wait } from "./Wait.tsx";
import { Host, Steps, type WaitingProps } from "./Waiting.tsx";

export function InQueue({ state, host, intent }: WaitingProps) {
  const organisation = <Name>{state.organisation}</Name>;
  return (
    <section class="card card--join" aria-labelledby="who-h">
      <div class="who">
        <Avatar name={state.organisation} />
        <h1 id="who-h" data-first tabIndex={-1}>
          {rich(t("{organisation} will help you"), { organisation })}
        </h1>
        <Host host={host} />
        <button type="button" class="btn btn--l" onClick={() => intent({ type: "leave" })}>
          {t("Stop waiting")}
        </button>
      </div>
      <div class="ways-pane">
        <div role="status">
          <h2>
            {state.online ? t("You are waiting for a technician") : t("The connection was lost. It is being restored…")}
          </h2>
          <Wait state={state} />
        </div>
        {state.opensAt !== null && (
          <p>
            {t(
              "It is outside our working hours. They begin on {time}. A technician may answer earlier. Otherwise, open this link again then.",
              { time: dayAndTime(state.opensAt) },
            )}
          </p>
        )}
        <Steps
          steps={[
            [t("The next technician who is free takes your request"), t("You see their name as soon as they do.")],
            [t("You decide what they see"), t("Until you say yes, nothing is shown.")],
          ]}
        />
        <p class="calm">
          <Icon name="lock" />
          {t("Keep this page open, or you lose your place. Nothing was downloaded or installed.")}
        </p>
      </div>
    </section>
  );
}
