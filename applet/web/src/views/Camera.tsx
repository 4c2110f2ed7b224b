/** The customer's camera while the technician sees it: its picture with their marks, and what can be done with it. */

import "../styles/camera.css";
import { markPath } from "@deskside/codec/picture/markPath";
import type { CameraWish } from "@deskside/codec/wire/messages.gen";
import { useEffect, useRef } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import type { CameraState, UiState } from "../session/uiState.ts";
import { t, timeOfDay } from "../texts/texts.ts";
import { Icon, Name, rich } from "./parts.tsx";
import { Live, PointedAt } from "./Stage.tsx";

interface CameraProps {
  session: JoinSession;
  state: UiState;
  /** Whether the chat is in sight, and what shows or hides it. */
  chatShown: boolean;
  switchChat: () => void;
}

export function Camera({ session, state, chatShown, switchChat }: CameraProps) {
  const camera = state.camera!;
  const frozen = camera.frozenSince !== null;
  const unread = state.chat.findLast((line) => !line.mine);
  return (
    <div class="cam">
      <div class="shown-cell">
        <Picture session={session} state={state} />
      </div>
      <div class="cam-foot">
        <div class="cam-says" role="status">
          <Says state={state} camera={camera} last={chatShown ? undefined : unread?.text} />
        </div>
        {camera.wish !== null && <Wish wish={camera.wish} session={session} />}
        {camera.zoom !== null && !frozen && <Zoom zoom={camera.zoom} session={session} />}
        <div class="cam-btns">
          <Round
            icon={frozen ? "play" : "pause"}
            name={frozen ? t("Continue") : t("Freeze")}
            on={frozen}
            press={() => session.intent({ type: "freeze", on: !frozen })}
          />
          {camera.torch !== null && !frozen && (
            <Round
              icon="torch"
              name={t("Light")}
              on={camera.torch}
              press={() => void session.camera?.light(camera.torch !== true)}
            />
          )}
          <button type="button" class="cam-shoot" onClick={() => void session.takePhoto()}>
            <i />
            <span>{frozen ? t("Send photo") : t("Photo")}</span>
          </button>
          {camera.cameras > 1 && !frozen && (
            <Round icon="camera-switch" name={t("Switch")} press={() => void session.switchCamera()} />
          )}
          <Round icon="chat" kind="cam-btn--chat" name={t("Chat")} on={chatShown} press={switchChat} />
        </div>
      </div>
    </div>
  );
}

interface RoundProps {
  icon: string;
  kind?: string;
  name: string;
  on?: boolean;
  press: () => void;
}

function Round({ icon, kind = "", name, on, press }: RoundProps) {
  return (
    <button type="button" class={`cam-btn ${kind}`} aria-pressed={on} onClick={press}>
      <i>
        <Icon name={icon} size="l" />
      </i>
      <span>{name}</span>
    </button>
  );
}

/** What the technician sees: the live picture or the one that stands still, and what is drawn over it. */
function Picture({ session, state }: Pick<CameraProps, "session" | "state">) {
  const { width, height } = state.sharing!;
  const { technician, marks } = state;
  const label = t("What {technician} sees", { technician });
  const last = marks.at(-1);
  return (
    <figure class="shown" style={{ "--ratio": width / height }}>
      {state.camera!.frozenSince !== null && session.held !== null ? (
        <Held frame={session.held} label={label} />
      ) : (
        session.stream !== null && <Live stream={session.stream} label={label} />
      )}
      <svg class="marks" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={marksSentence(state)}>
        {marks.map((mark) => {
          const path = markPath(mark, width, height);
          return (
            <g key={mark.number}>
              <path class="mark-edge" d={path} />
              <path class="mark-line" d={path} />
            </g>
          );
        })}
      </svg>
      <PointedAt state={state} />
      {last !== undefined && (
        <b class="mark-name" style={nameAt(last.points)}>
          <Name>{technician}</Name>
        </b>
      )}
    </figure>
  );
}

function marksSentence({ marks, technician }: UiState): string {
  return marks.length === 0 ? t("Nothing is drawn on it") : t("{technician} has drawn on it", { technician });
}

/** Below the lowest point of a mark, as far as there is room. */
function nameAt(points: readonly number[]): { left: string; top: string } {
  const across = points.filter((_, place) => place % 2 === 0);
  const along = points.filter((_, place) => place % 2 === 1);
  const percent = (place: number, most: number) => `${Math.min((100 * place) / 65_536, most).toFixed(2)}%`;
  return { left: percent((Math.min(...across) + Math.max(...across)) / 2, 70), top: percent(Math.max(...along), 88) };
}

/** The picture that stands still. */
function Held({ frame, label }: { frame: VideoFrame; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const place = canvas.current!;
    place.width = frame.displayWidth;
    place.height = frame.displayHeight;
    place.getContext("2d")!.drawImage(frame, 0, 0);
  }, [frame]);
  return <canvas ref={canvas} class="live" role="img" aria-label={label} />;
}

/** What the customer should know now, the most important alone. */
function Says({ state, camera, last }: { state: UiState; camera: CameraState; last: string | undefined }) {
  const technician = <Name>{state.technician}</Name>;
  if (camera.interrupted) {
    return (
      <p>{rich(t("The camera has paused. {technician} sees a still picture until it continues."), { technician })}</p>
    );
  }
  if (camera.wish !== null) return <p>{rich(wishSentence(camera.wish), { technician })}</p>;
  if (camera.photo === "failed") return <p>{t("The photo could not be sent. Try again in a moment.")}</p>;
  if (camera.photo === "sent") return <p>{rich(t("Your photo was sent to {technician}."), { technician })}</p>;
  if (camera.frozenSince !== null) {
    return (
      <p>
        <b>
          {rich(
            camera.byTechnician
              ? t("{technician} froze the picture at {time}.")
              : t("You froze the picture at {time}."),
            { technician, time: timeOfDay(camera.frozenSince) },
          )}
        </b>{" "}
        {rich(
          camera.byTechnician
            ? t("{technician} can continue at any time.")
            : t("You can lower the phone. {technician} sees this picture until you continue."),
          { technician },
        )}
      </p>
    );
  }
  if (last === undefined) return null;
  return (
    <p dir="auto">
      <b>{technician}</b> {last}
    </p>
  );
}

function wishSentence(wish: CameraWish): string {
  return {
    photo: t("{technician} asks for a photo. Hold the camera still, then take it."),
    switch: t("{technician} asks you to switch to the other camera."),
    torch_on: t("{technician} asks you to turn on the light."),
    torch_off: t("{technician} asks you to turn off the light."),
  }[wish];
}

/** The technician's request, with one press. */
function Wish({ wish, session }: { wish: CameraWish; session: JoinSession }) {
  const words: Record<CameraWish, string> = {
    photo: t("Take the photo"),
    switch: t("Switch cameras"),
    torch_on: t("Turn on the light"),
    torch_off: t("Turn off the light"),
  };
  const carryOut = {
    photo: () => session.takePhoto(),
    switch: () => session.switchCamera(),
    torch_on: async () => session.camera?.light(true),
    torch_off: async () => session.camera?.light(false),
  }[wish];
  return (
    <div class="cam-wish">
      <button type="button" class="btn btn--primary btn--touch" onClick={() => void carryOut()}>
        {words[wish]}
      </button>
      <button type="button" class="btn btn--touch" onClick={() => session.intent({ type: "not_now" })}>
        {t("Not now")}
      </button>
    </div>
  );
}

function Zoom({ zoom, session }: { zoom: NonNullable<CameraState["zoom"]>; session: JoinSession }) {
  return (
    <label class="cam-zoom">
      <Icon name="search" />
      <span class="sr">{t("Zoom")}</span>
      <input
        type="range"
        min={zoom.min}
        max={zoom.max}
        step={zoom.step || "any"}
        value={zoom.now}
        onInput={(event) => void session.camera?.zoomTo(Number(event.currentTarget.value))}
      />
    </label>
  );
}
