/** Everything a customer sees. What is shown follows from the state alone; nothing else is kept here. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import type { Brought } from "../state/address.ts";
import type { Abilities } from "../state/facts.ts";
import { asksForCamera, stageOf, viewOf } from "../state/view.ts";
import { changeSentence, endingHeading, problemSentence, type Way } from "../texts/sentences.ts";
import { speak, t } from "../texts/texts.ts";
import type { JoinFacts } from "../wire/about.gen.ts";
import { Chat } from "./Chat.tsx";
import { Consent } from "./Consent.tsx";
import { Entry } from "./Entry.tsx";
import { Frame } from "./Frame.tsx";
import { lazily } from "./lazily.tsx";
import { putFocus, useDeaf } from "./parts.tsx";
import { Session } from "./Session.tsx";
import { Waiting } from "./Waiting.tsx";

const CameraQuestion = lazily(async () => (await import("./CameraQuestion.tsx")).CameraQuestion);
const Ended = lazily(async () => (await import("./Ended.tsx")).Ended, EndedBriefly);
const Insecure = lazily(async () => (await import("./NoWay.tsx")).Insecure);
const NoLink = lazily(
  async () => (await import("./NoWay.tsx")).NoLink,
  ({ problem }) => <p role="alert">{problem}</p>,
);
const NoChannel = lazily(async () => (await import("./NoWay.tsx")).NoChannel);
const Terms = lazily(async () => (await import("./Terms.tsx")).Terms);
const InQueue = lazily(async () => (await import("./InQueue.tsx")).InQueue);

interface AppProps {
  session: JoinSession;
  about: JoinFacts;
  can: Abilities;
  brought: Brought;
  address: Pick<Location, "href" | "host">;
}

export function App({ session, about, can, brought, address }: AppProps) {
  const state = useUiState(session);
  const [way, setWay] = useState<Way>(brought.way);
  const [, setLanguage] = useState("");
  const view = viewOf(state, can, way);
  const where = `${view} ${view === "session" ? stageOf(state, can) : ""} ${state.question?.serial ?? ""} ${state.needsDigits}`;
  useEffect(() => putFocus(), [where]);
  useEffect(() => {
    // The receipt must be there when the session has ended because there is no network any more.
    if (view === "session") void Ended.load().catch(() => undefined);
  }, [view]);
  const choose = async (language: string) => {
    await speak(language);
    document.title = t("Get help");
    setLanguage(language);
    void fetch(`/join?lang=${language}`); // which remembers it, for the relay's other pages too
  };
  const deaf = useDeaf(state.question?.serial ?? null);
  const decide = (yes: boolean) => {
    const question = state.question;
    if (question === null || deaf) return;
    void session.decide(question.serial, yes ? question.offers : []);
  };
  const { host } = address;
  return (
    <>
      <Heard state={state} />
      {view === "session" ? (
        <Session
          session={session}
          state={state}
          can={can}
          about={about}
          choose={(language) => void choose(language)}
          host={host}
          deaf={deaf}
          decide={decide}
        />
      ) : (
        <Frame
          about={about}
          organisation={state.organisation || undefined}
          application={state.application}
          choose={(language) => void choose(language)}
          explains={view === "entry"}
        >
          {view === "insecure" && <Insecure address={address} />}
          {view === "entry" && <Entry state={state} about={about} intent={(intent) => session.intent(intent)} />}
          {view === "link" && <Link state={state} way={way} insteadPin={() => setWay("pin")} />}
          {view === "terms" && (
            <Terms state={state} terms={state.terms!} host={host} intent={(intent) => session.intent(intent)} />
          )}
          {view === "waiting" &&
            (state.technician === "" ? (
              <InQueue state={state} host={host} intent={(intent) => session.intent(intent)} />
            ) : (
              <Waiting state={state} host={host} intent={(intent) => session.intent(intent)} />
            ))}
          {view === "consent" && (
            <div class="asks">
              {asksForCamera(state) ? (
                <CameraQuestion state={state} question={state.question!} deaf={deaf} decide={decide} />
              ) : (
                <Consent state={state} question={state.question!} deaf={deaf} decide={decide} />
              )}
              <Chat state={state} intent={(intent) => session.intent(intent)} />
            </div>
          )}
          {view === "ended" && <Ended state={state} host={host} />}
        </Frame>
      )}
    </>
  );
}

/** A link is looked at, or does not work. */
function Link({ state, way, insteadPin }: { state: UiState; way: Way; insteadPin: () => void }) {
  if (state.problem !== null && way === "channel") return <NoChannel state={state} insteadPin={insteadPin} />;
  if (state.problem !== null) {
    return <NoLink problem={problemSentence(state.problem, state.retrySeconds, "link")} insteadPin={insteadPin} />;
  }
  return (
    <div role="status">
      <h1 class="opening">{t("Looking for your technician…")}</h1>
    </div>
  );
}

/** The end without its receipt, while that is loaded. */
function EndedBriefly({ state }: { state: UiState }) {
  return (
    <section class="card">
      <h1>{endingHeading(state)}</h1>
      <p class="lead">{t("You can close this page.")}</p>
    </section>
  );
}

function useUiState(session: JoinSession): UiState {
  const [state, setState] = useState(session.state);
  useEffect(() => session.subscribe(setState), [session]);
  return state;
}

/** Tells a screen reader what changed. */
function Heard({ state }: { state: UiState }) {
  const before = useRef(state);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const sentence = changeSentence(before.current, state);
    before.current = state;
    if (sentence !== null) setSaid(sentence);
  }, [state]);
  return (
    <p class="sr" role="status">
      {said}
    </p>
  );
}
