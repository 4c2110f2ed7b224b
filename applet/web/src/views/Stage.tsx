/** What a session shows beside the chat: the picture that the technician sees, or one sentence and a button. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import type { Abilities } from "../state/facts.ts";
import { mayBeAsked, type StageKind, showsPreview } from "../state/view.ts";
import { lostSentence, surfaceWords } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import { lazily } from "./lazily.tsx";
import { Icon, Name, rich } from "./parts.tsx";
import { canFloat, smallWindow } from "./smallWindow.ts";
import { Words } from "./Words.tsx";

const Camera = lazily(async () => (await import("./Camera.tsx")).Camera);
const NoCamera = lazily(async () => (await import("./CameraQuestion.tsx")).NoCamera);

export interface StageProps {
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

const NothingChosen = lazily(async () => (await import("./NotShown.tsx")).NothingChosen);
const Interrupted = lazily(async () => (await import("./Interrupted.tsx")).Interrupted);
const Unable = lazily(async () => (await import("./NotShown.tsx")).Unable);

export function Stage(props: StageProps) {
  switch (props.kind) {
    case "shown":
      return <Shown {...props} />;
    case "interrupted":
      return <Interrupted {...props} />;
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
        mayBeAsked(state)
          ? rich(t("Nothing is shown. If {technician} needs to see something, you are asked here first."), {
              technician,
            })
          : t("Nothing is shown. You can write to each other here.")
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
    by_technician: rich(
      state.wasCamera ? t("{technician} no longer sees your camera") : t("{technician} no longer sees your screen"),
      { technician },
    ),
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

function Shown({ session, state }: StageProps) {
  const sharing = state.sharing!;
  const technician = <Name>{state.technician}</Name>;
  const [what, besides] = surfaceWords(sharing.surface);
  return (
    <>
      <div class="shown-cell">
        <Preview session={session} state={state} />
      </div>
      <div class="facts">
        <Fact icon="monitor" what={what} more={besides} />
        <Fact icon="eye" what={t("View only")} more={rich(t("{technician} cannot click or type"), { technician })} />
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

function Preview({ session, state }: Pick<StageProps, "session" | "state">) {
  const { stream } = session;
  const sharing = state.sharing!;
  if (stream === null || !showsPreview(state)) {
    return (
      <p class="no-preview">
        <Icon name="eye" size="xl" />
        <b>{rich(t("{technician} sees what you see"), { technician: <Name>{state.technician}</Name> })}</b>
        <span>{t("This page may be part of it, so there is no preview here. Open what you need help with.")}</span>
      </p>
    );
  }
  return (
    <figure class="shown" style={{ "--ratio": sharing.width / sharing.height }}>
      <Pointed stream={stream} state={state} />
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

/** The stream that is shown, with the place on it that the technician points at. */
export function Pointed({ stream, state }: { stream: MediaStream; state: UiState }) {
  const { technician } = state;
  return (
    <>
      <Live stream={stream} label={t("What {technician} sees", { technician })} />
      <PointedAt state={state} />
    </>
  );
}

/** The place that the technician points at, over what is shown. */
export function PointedAt({ state: { technician, pointedAt } }: { state: UiState }) {
  if (pointedAt === null) return null;
  return (
    <span class="mark-at" style={{ left: `${100 * pointedAt.x}%`, top: `${100 * pointedAt.y}%` }}>
      <i />
      <Name>{technician}</Name>
    </span>
  );
}
