/** What a session shows beside the chat: the picture that the technician sees, or one sentence and a button. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import type { Abilities } from "../state/facts.ts";
import type { StageKind } from "../state/view.ts";
import { lostSentence, surfaceWords } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import { lazy } from "./Lazy.tsx";
import { Icon, Name, rich } from "./parts.tsx";
import { canFloat, smallWindow } from "./SmallWindow.tsx";
import { Words } from "./Words.tsx";

const Camera = lazy(async () => (await import("./Camera.tsx")).Camera);
const NoCamera = lazy(async () => (await import("./CameraQuestion.tsx")).NoCamera);

interface StageProps {
  kind: StageKind;
  session: JoinSession;
  state: UiState;
  can: Abilities;
  host: string;
  deaf: boolean;
  decide: (yes: boolean) => void;
  /** Whether the chat is in sight where a camera takes its place, and what shows or hides it. */
  chatShown: boolean;
  switchChat: () => void;
}

export function Stage(props: StageProps) {
  switch (props.kind) {
    case "shown":
      return <Shown {...props} />;
    case "lost":
      return (
        <Card icon="refresh" look="warn" title={t("The connection was lost")} lead={lostSentence(props.state)}>
          <div class="wait-bar" role="progressbar" aria-label={t("Connecting again")}>
            <i />
          </div>
        </Card>
      );
    case "unable":
      return <Unable {...props} />;
    case "no_camera":
      return <NoCamera {...props} />;
    case "camera":
      return <Camera {...props} />;
    case "picker":
      return <NothingChosen {...props} />;
    case "stopped":
      return <Stopped state={props.state} />;
    case "quiet":
      return <Quiet state={props.state} />;
  }
}

interface CardProps {
  icon: string;
  look?: "good" | "warn" | "plain";
  title: ComponentChildren;
  lead: ComponentChildren;
  children?: ComponentChildren;
}

/** One sentence and what can be done. */
export function Card({ icon, look = "plain", title, lead, children }: CardProps) {
  return (
    <div class="state-card">
      <span class={`state-ic state-ic--${look}`}>
        <Icon name={icon} size="xl" />
      </span>
      <h2 data-first tabIndex={-1}>
        {title}
      </h2>
      <p>{lead}</p>
      {children}
    </div>
  );
}

/** The two have met, and nothing is shown. */
function Quiet({ state }: Pick<StageProps, "state">) {
  const technician = <Name>{state.technician}</Name>;
  return (
    <Card
      icon="chat"
      title={rich(t("{technician} is here"), { technician })}
      lead={
        state.mayAsk.includes("view") || state.mayAsk.includes("camera")
          ? t("No one sees your screen. If it is needed, you are asked here first.")
          : t("No one sees your screen. You can write to each other here.")
      }
    >
      <Words state={state} refuse={t("Not the same? End the session and hang up.")} />
    </Card>
  );
}

function Stopped({ state }: { state: UiState }) {
  const technician = <Name>{state.technician}</Name>;
  const how = state.sharingEnd!;
  const title = {
    stopped: state.wasCamera ? t("You stopped showing your camera") : t("You stopped showing your screen"),
    by_browser: state.wasCamera ? t("Your camera is no longer shown") : t("Your screen is no longer shown"),
    by_technician: rich(t("{technician} has seen enough"), { technician }),
    failed: t("Your browser could not read what you chose"),
  }[how];
  const again =
    how === "by_technician"
      ? t("If it is needed again, you are asked here first.")
      : t("To show it again, write to {technician}. You are asked here first.");
  return (
    <Card
      icon="mask"
      look={how === "failed" ? "warn" : "good"}
      title={title}
      lead={rich(t("{technician} sees nothing now. The chat stays open."), { technician })}
    >
      <p class="small">{rich(again, { technician })}</p>
    </Card>
  );
}

/** The browser's picker led to nothing. The question is still open. */
function NothingChosen({ state, deaf, decide }: StageProps) {
  const technician = <Name>{state.technician}</Name>;
  const denied = state.pickerTrouble === "denied";
  const [title, lead] = {
    cancelled: [t("Nothing was chosen"), t("Your browser’s question was closed, so {technician} sees nothing.")],
    denied: [t("Your browser does not allow it"), t("It refused to show your screen, so {technician} sees nothing.")],
    failed: [t("This cannot be shown"), t("Your browser could not read what you chose. Choose something else.")],
  }[state.pickerTrouble as "cancelled" | "denied" | "failed"] as [string, string];
  return (
    <Card icon="monitor" look={denied ? "warn" : "plain"} title={title} lead={rich(lead, { technician })}>
      <div class="state-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          data-now
          aria-disabled={deaf}
          onClick={() => decide(true)}
        >
          {denied ? t("Try again") : t("Choose again")}
        </button>
        <button type="button" class="btn btn--touch" aria-disabled={deaf} onClick={() => decide(false)}>
          {t("Just chat")}
        </button>
      </div>
      <details class="help-with">
        <summary>{t("The browser’s question does not appear")}</summary>
        <ol>
          <li>{t("Choose the sign at the left of the address, at the top of the browser.")}</li>
          <li>{t("Allow this page to share the screen, or reset its permissions.")}</li>
          <li>{t("On a Mac, also allow it in System Settings, under Privacy & Security, Screen Recording.")}</li>
          <li>{t("Then choose the button above again.")}</li>
        </ol>
      </details>
    </Card>
  );
}

/** There is no way to show a screen from here: a phone, or a browser that cannot. */
function Unable({ state, can, host, deaf, decide }: StageProps) {
  const technician = <Name>{state.technician}</Name>;
  const where = <b class="ltr">{host}</b>;
  return (
    <Card
      icon={can.phone ? "phone" : "monitor"}
      title={can.phone ? t("A phone cannot show its screen here") : t("This browser cannot show your screen")}
      lead={rich(t("{technician} asked to see it. You can write to each other here."), { technician })}
    >
      <p class="small">
        {can.phone
          ? rich(t("Is the problem on a computer? Ask for a new PIN and open {where} there."), { where })
          : rich(t("Ask for a new PIN and open {where} in Chrome, Edge or Firefox, or use the help program."), {
              where,
            })}
      </p>
      <div class="state-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          data-now
          aria-disabled={deaf}
          onClick={() => decide(false)}
        >
          {t("Just chat")}
        </button>
      </div>
    </Card>
  );
}

function Shown({ session, state }: StageProps) {
  const sharing = state.sharing!;
  const technician = <Name>{state.technician}</Name>;
  const [what, besides] = surfaceWords(sharing.surface);
  return (
    <>
      <div class="shown-cell">
        <Preview stream={session.stream} sharing={sharing} technician={state.technician} />
      </div>
      <div class="facts">
        <Fact icon="monitor" what={what} more={besides} />
        <Fact icon="eye" what={t("Seeing only")} more={rich(t("{technician} cannot click or type"), { technician })} />
        {!state.vouched && state.words.length > 0 && (
          <Fact
            icon="shield"
            what={<span class="ltr">{state.words.join("-")}</span>}
            more={state.wordsChanged ? t("New words: compare them again") : t("Words to compare")}
          />
        )}
        <div class="facts-btns">
          {canFloat() && (
            <button type="button" class="btn btn--l" onClick={() => void smallWindow.open()}>
              <Icon name="external" />
              {t("Keep on top")}
            </button>
          )}
          <button type="button" class="btn btn--l" onClick={() => void session.showAnother()}>
            {t("Show something else")}
          </button>
        </div>
      </div>
    </>
  );
}

function Fact({ icon, what, more }: { icon: string; what: ComponentChildren; more: ComponentChildren }) {
  return (
    <div class="fact">
      <Icon name={icon} size="l" />
      <p>
        <b>{what}</b>
        <span>{more}</span>
      </p>
    </div>
  );
}

/** Whether what is shown may hold this page too, so that a preview would show itself in itself. */
export function holdsThisPage(sharing: NonNullable<UiState["sharing"]>): boolean {
  return sharing.surface === "monitor" || sharing.surface === "unknown";
}

interface PreviewProps {
  stream: MediaStream | null;
  sharing: NonNullable<UiState["sharing"]>;
  technician: string;
}

function Preview({ stream, sharing, technician }: PreviewProps) {
  if (stream === null || holdsThisPage(sharing)) {
    return (
      <p class="no-preview">
        <Icon name="eye" size="xl" />
        <b>{rich(t("{technician} sees what you see"), { technician: <Name>{technician}</Name> })}</b>
        <span>{t("This page may be part of it, so there is no preview here. Open what you need help with.")}</span>
      </p>
    );
  }
  return (
    <figure class="shown" style={{ "--ratio": sharing.width / sharing.height }}>
      <Live stream={stream} label={t("What {technician} sees", { technician })} />
    </figure>
  );
}

/** The stream that is shown, as it is. */
export function Live({ stream, label }: { stream: MediaStream; label: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    video.current!.srcObject = stream;
    void video.current!.play().catch(() => undefined); // a page that is not in front shows it when it is
  }, [stream]);
  return <video ref={video} class="live" muted playsInline aria-label={label} />;
}
