/** Who is calling, and what happens next: between a code that was right and the technician who picks up. */

import type { ComponentChildren } from "preact";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import { mayBeAsked } from "../state/view.ts";
import { t } from "../texts/texts.ts";
import { lazily } from "./lazily.tsx";
import { Avatar, Icon, Name, rich } from "./parts.tsx";

const Digits = lazily(async () => (await import("./Digits.tsx")).Digits);

const Wait = lazily(async () => (await import("./Wait.tsx")).Wait);

export interface WaitingProps {
  state: UiState;
  host: string;
  intent: JoinSession["intent"];
}

export function Waiting({ state, host, intent }: WaitingProps) {
  const { technician, organisation } = state;
  return (
    <section class="card card--join" aria-labelledby="who-h">
      <div class="who">
        <Avatar name={technician} />
        <h1 id="who-h" data-first tabIndex={-1}>
          {rich(t("{technician} from {organisation} wants to help you"), {
            technician: <Name>{technician}</Name>,
            organisation: <Name>{organisation}</Name>,
          })}
        </h1>
        <Host host={host} />
        <p class="calm">
          <Icon name="shield" />
          {t("If this is not the address you were told, end the session and hang up.")}
        </p>
        <button type="button" class="btn btn--l" onClick={() => intent({ type: "leave" })}>
          {t("End session")}
        </button>
      </div>
      <div class="ways-pane">
        {state.needsDigits ? <Digits state={state} intent={intent} /> : <Next state={state} />}
      </div>
    </section>
  );
}

function Next({ state }: { state: UiState }) {
  const technician = <Name>{state.technician}</Name>;
  const shows = mayBeAsked(state);
  return (
    <>
      <div role="status">
        <h2>
          {state.online
            ? rich(t("Waiting for {technician}"), { technician })
            : t("The connection was lost. It is being restored…")}
        </h2>
        {state.wait && <Wait state={state} />}
        {state.attempt > 1 && (
          <p class="small">
            {t("The technician’s program restarted the connection ({attempt}).", { attempt: state.attempt })}
          </p>
        )}
      </div>
      <Steps
        steps={[
          [
            t("You check who it is"),
            rich(t("With three words that {technician} sees too, or by the extra digits."), { technician }),
          ],
          [
            shows ? t("You are asked what to show") : t("You write to each other"),
            shows
              ? rich(t("Nothing is shown until you say yes. {technician} cannot click or type."), { technician })
              : rich(t("{technician} reads what you write, and sees nothing else."), { technician }),
          ],
          [
            t("You can stop whenever you like"),
            shows
              ? t("With the red button, or by closing this page.")
              : t("With End session, or by closing this page."),
          ],
        ]}
      />
      <p class="calm">
        <Icon name="lock" />
        {t("Keep this page open. Nothing was downloaded or installed.")}
      </p>
    </>
  );
}

/** What happens next, while the customer waits: each step, and what it means. */
export function Steps({ steps }: { steps: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <>
      <div class="wait-bar" aria-hidden="true">
        <i />
      </div>
      <ol class="do">
        {steps.map(([step, meaning], place) => (
          <li key={step}>
            <span class="n">{place + 1}</span>
            <span>
              {step}
              <small>{meaning}</small>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The address that the customer is at, to compare with the one that they were told. */
export function Host({ host }: { host: string }) {
  return (
    <div class="host">
      <span>{t("You are on")}</span>
      <b class="ltr">{host}</b>
    </div>
  );
}
