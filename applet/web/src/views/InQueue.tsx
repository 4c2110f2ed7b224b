/** In a queue: the customer came through a channel, and no technician has picked the session up yet. */

import { dayAndTime, t } from "../texts/texts.ts";
import { Avatar, Icon, Name, rich } from "./parts.tsx";
import type { WaitingProps } from "./Waiting.tsx";

export function InQueue({ state, host, intent }: WaitingProps) {
  const organisation = <Name>{state.organisation}</Name>;
  return (
    <section class="card card--join" aria-labelledby="who-h">
      <div class="who">
        <Avatar name={state.organisation} />
        <h1 id="who-h" data-first tabIndex={-1}>
          {rich(t("{organisation} will help you"), { organisation })}
        </h1>
        <div class="host">
          <span>{t("You are on")}</span>
          <b class="ltr">{host}</b>
        </div>
        <button type="button" class="btn btn--l" onClick={() => intent({ type: "leave" })}>
          {t("Stop waiting")}
        </button>
      </div>
      <div class="ways-pane">
        <div role="status">
          <h2>
            {state.online ? t("You are waiting for a technician") : t("The connection was lost. It is being restored…")}
          </h2>
        </div>
        {state.opensAt !== null && (
          <p>
            {t(
              "It is outside our working hours. They begin on {time}. A technician may answer earlier. Otherwise, open this link again then.",
              { time: dayAndTime(state.opensAt) },
            )}
          </p>
        )}
        <div class="wait-bar" aria-hidden="true">
          <i />
        </div>
        <ol class="do">
          <li>
            <span class="n">1</span>
            <span>
              {t("The next technician who is free takes your request")}
              <small>{t("You see their name as soon as they do.")}</small>
            </span>
          </li>
          <li>
            <span class="n">2</span>
            <span>
              {t("You decide what they see")}
              <small>{t("Until you say yes, nothing is shown.")}</small>
            </span>
          </li>
        </ol>
        <p class="calm">
          <Icon name="lock" />
          {t("Keep this page open, or you lose your place. Nothing was downloaded or installed.")}
        </p>
      </div>
    </section>
  );
}
