/** A running session: who sees what, Stop at the end of the bar, what is shown, and the chat. */

import { useEffect, useState } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import { recordingSince, type UiState } from "../session/uiState.ts";
import type { Abilities } from "../state/facts.ts";
import { asksBeside, mayStop, stageOf } from "../state/view.ts";
import { seesSentence, slowSentence } from "../texts/sentences.ts";
import { span, t } from "../texts/texts.ts";
import type { JoinFacts } from "../wire/about.gen.ts";
import { Chat } from "./Chat.tsx";
import { RecordQuestion } from "./Consent.tsx";
import { Languages } from "./Frame.tsx";
import { lazily } from "./lazily.tsx";
import { Icon, Name, rich, useDeaf, useNow } from "./parts.tsx";
import { Stage } from "./Stage.tsx";
import { smallWindow } from "./smallWindow.ts";

const SmallWindow = lazily(async () => (await import("./SmallWindow.tsx")).SmallWindow);

interface SessionProps {
  session: JoinSession;
  state: UiState;
  can: Abilities;
  about: JoinFacts;
  choose: (language: string) => void;
  host: string;
  /** Whether it is too early to answer the question that there is. */
  deaf: boolean;
  decide: (yes: boolean) => void;
}

export function Session({ session, state, can, about, choose, host, deaf, decide }: SessionProps) {
  const shown = state.sharing !== null && state.online;
  const recorded = recordingSince(state);
  const camera = shown && state.camera !== null;
  const [chatShown, showChat] = useState(false);
  const place = useSmallWindow();
  // It stays while the connection is being restored: what is shown is seen again without another question.
  const holdsStop = state.sharing !== null;
  const early = useDeaf(mayStop(state) ? null : 0); // a second click on Stop must not end the session
  useEffect(() => {
    if (!holdsStop) smallWindow.close();
  }, [holdsStop]);
  return (
    <div class={`ses${shown ? " ses--shown" : ""}${camera ? " ses--camera" : ""}${chatShown ? " ses--chat" : ""}`}>
      <header class="ses-top">
        {about.logo !== "" && <img class="brand-logo" src={about.logo} alt="" />}
        <What state={state} />
        {recorded !== null && state.online && <Recorded since={recorded} />}
        {about.languages.length > 1 && <Languages about={about} choose={choose} isBrief />}
        {mayStop(state) ? (
          <button type="button" class="btn btn--danger stop" onClick={() => session.intent({ type: "stop" })}>
            {t("Stop")}
          </button>
        ) : (
          <button
            type="button"
            class="btn stop stop--end"
            aria-disabled={early}
            onClick={() => {
              if (!early) session.intent({ type: "leave" });
            }}
          >
            {t("End session")}
          </button>
        )}
      </header>
      <main class="stage">
        {state.slowBecause !== null && state.online && (
          <p class="slow" role="status">
            <Icon name="signal" />
            <span>{slowSentence(state.slowBecause, state)}</span>
          </p>
        )}
        <Stage
          kind={stageOf(state, can)}
          session={session}
          state={state}
          can={can}
          host={host}
          deaf={deaf}
          decide={decide}
          chatShown={chatShown}
          switchChat={() => showChat(!chatShown)}
        />
        {asksBeside(state) && <RecordQuestion state={state} deaf={deaf} decide={decide} />}
      </main>
      <Chat state={state} intent={(intent) => session.intent(intent)} />
      {holdsStop && place !== null && <SmallWindow session={session} state={state} place={place} />}
    </div>
  );
}

/** Return the small window while there is one. It goes with the session. */
function useSmallWindow(): Window | null {
  const [place, setPlace] = useState(smallWindow.place);
  useEffect(() => {
    smallWindow.changed = () => setPlace(smallWindow.place);
    return () => smallWindow.close();
  }, []);
  return place;
}

/** Who sees what, in one line, and how long it has lasted. */
function What({ state }: { state: UiState }) {
  const now = useNow(state.sharing !== null && state.online);
  const technician = <Name>{state.technician}</Name>;
  const { organisation } = state;
  if (!state.online) {
    return (
      <div class="ses-what" role="alert">
        <h1 class="st-warn">
          <Icon name="s-reconnecting" />
          <span>{t("The connection is being restored")}</span>
        </h1>
        <span>{t("{organisation} · nothing is shown", { organisation })}</span>
      </div>
    );
  }
  if (state.sharing === null) {
    return (
      <div class="ses-what">
        <h1 class="st-off">
          <Icon name="mask" />
          <span>{rich(t("{technician} sees nothing"), { technician })}</span>
        </h1>
        <span>{state.chatOn ? t("{organisation} · chat only", { organisation }) : organisation}</span>
      </div>
    );
  }
  return (
    <div class="ses-what">
      <h1 class="st-active">
        <Icon name="s-active" />
        <span>
          {rich(
            state.camera?.frozenSince == null
              ? seesSentence(state.sharing.surface)
              : t("{technician} sees a still picture"),
            {
              technician,
            },
          )}
        </span>
      </h1>
      <span>
        {rich(state.camera === null ? t("{organisation} · view only · {time}") : t("{organisation} · {time}"), {
          organisation,
          time: <time>{span(now - state.sharing.since)}</time>,
        })}
      </span>
    </div>
  );
}

/** That it is recorded, and since when. */
export function Recorded({ since }: { since: number }) {
  const now = useNow(true);
  return (
    <span class="chip chip--rec">
      <i />
      {rich(t("Recording {time}"), { time: <time>{span(now - since)}</time> })}
    </span>
  );
}
