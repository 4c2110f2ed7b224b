import { useEffect } from "preact/hooks";
import { startSessions } from "../state/autoStart";
import {
  engineThere,
  leaving,
  making,
  online,
  openSession,
  openSessions,
  player,
  relayBusy,
  stage,
  startCommand,
} from "../state/console";
import { listOpen } from "../state/layout";
import { browsing } from "../state/recordings";
import { managing } from "../state/replies";
import { seeing, tellUse } from "../state/technicians";
import { looking } from "../state/uploads";
import { busySentence } from "../texts/sentences";
import { t } from "../texts/texts";
import { CloseWaiting } from "./CloseWaiting";
import { Decisions } from "./Decisions";
import { HandOver } from "./HandOver";
import { NewSession } from "./NewSession";
import { Overview } from "./Overview";
import { Player } from "./Player";
import { Icon } from "./parts";
import { Rail } from "./Rail";
import { Recordings } from "./Recordings";
import { Replies } from "./Replies";
import { SessionList } from "./SessionList";
import { SessionView } from "./SessionView";
import { Shut } from "./Shut";
import { SignIn } from "./SignIn";
import { SignOut } from "./SignOut";
import { AnswerSurvey, DueSurveys } from "./Surveys";
import { Colleagues } from "./Technicians";
import { Toasts } from "./Toasts";
import { Unopenable } from "./Unopenable";
import { Unsecured } from "./Unsecured";
import { Uploads } from "./Uploads";

export function App() {
  useEffect(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>(".gate input, [data-first]")?.focus();
  }, [stage.value]);
  switch (stage.value) {
    case "opening":
      return null;
    case "shut":
      return <Shut />;
    case "sign_in":
      return <SignIn />;
    case "open":
      return <Console />;
  }
}

/** A session goes on when its page is closed, but without what the customer allowed: ask first. */
function askBeforeLeaving(event: BeforeUnloadEvent) {
  if ([...openSessions.value.values()].some((each) => !each.over.value)) event.preventDefault();
}

function Console() {
  useEffect(() => {
    addEventListener("beforeunload", askBeforeLeaving);
    return () => removeEventListener("beforeunload", askBeforeLeaving);
  }, []);
  useEffect(tellUse, []);
  useEffect(startSessions, []);
  const there = openSession.value;
  const listed = there !== undefined && listOpen.value;
  const inSession = there !== undefined && !browsing.value;
  return (
    <>
      <div class={`whole${inSession ? " whole--session" : ""}`}>
        <div class="above">
          <Offline />
          <Decisions />
          {/* What appears above a picture moves it: never under the hand of who controls. */}
          {(!inSession || there.over.value) && <DueSurveys />}
        </div>
        <div class={`console${listed ? "" : " console--wide"}`}>
          <Rail listed={listed} />
          {listed && <SessionList />}
          {managing.value ? (
            <Replies />
          ) : browsing.value ? (
            <Kept />
          ) : there === undefined ? (
            <Overview />
          ) : (
            <SessionView openSession={there} />
          )}
        </div>
        <Toasts place="below" />
      </div>
      {making.value && <NewSession />}
      {looking.value && <Uploads />}
      {seeing.value && <Colleagues />}
      <CloseWaiting />
      <HandOver />
      <AnswerSurvey />
      <Unsecured />
      <Unopenable />
      {leaving.value !== undefined && <SignOut count={leaving.value} />}
    </>
  );
}

function Kept() {
  return player.value === undefined ? <Recordings /> : <Player key={player.value.number} player={player.value} />;
}

function Offline() {
  const away = online.value?.online === false;
  if (engineThere.value && !away) {
    return relayBusy.value ? (
      <p class="offline banner" role="status">
        <Icon name="info" />
        {busySentence()}
      </p>
    ) : null;
  }
  return (
    <p class="offline banner banner--warning" role="alert">
      <Icon name="alarm" />
      {engineThere.value
        ? t("The server does not answer. Direct sessions continue. Everything else waits until the server is back.")
        : t("Deskside Console is not running. Start it again, then use the new tab: {command}", {
            command: startCommand.value,
          })}
    </p>
  );
}
