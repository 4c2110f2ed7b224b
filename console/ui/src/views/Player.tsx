import { POSITIONS } from "@deskside/codec/wire/messages";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { corner, drawnSize } from "../input/places";
import { playerKey } from "../input/player";
import { stopPlaying } from "../state/console";
import type { Player as Playing } from "../state/player";
import { recordingsById } from "../state/recordings";
import type { People } from "../texts/player";
import { kindWord, titleOf } from "../texts/recordings";
import { dayAndTime, span, t } from "../texts/texts";
import { PlayerLine } from "./PlayerLine";
import { PlayerSide } from "./PlayerSide";
import { Empty, Icon } from "./parts";
import { Proof, tell, verify } from "./Recordings";

/** A recording: its picture, its time, and what was said and done in it. */
export function Player({ player }: { player: Playing }) {
  const place = useRef<HTMLElement>(null);
  const recording = recordingsById.value.get(player.recording);
  const people: People = {
    customer: recording?.customer || t("Customer"),
    technician: recording?.technician || t("Technician"),
  };
  const screen = () => void fullScreen(place.current);
  useEffect(() => {
    const press = (event: KeyboardEvent) => playerKey(event, player, screen);
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [player]);
  return (
    <main class="main player" ref={place}>
      <Head player={player} people={people} />
      <View player={player} customer={people.customer} />
      <PlayerSide player={player} people={people} />
      <PlayerLine player={player} people={people} fullScreen={screen} />
    </main>
  );
}

function Head({ player, people }: { player: Playing; people: People }) {
  const recording = recordingsById.value.get(player.recording);
  const opened = player.opened.value;
  const kind = recording?.files.find((file) => file.name === player.file)?.kind ?? "";
  const facts = [
    t("Recorded by {name}", { name: people.technician }),
    recording?.at == null ? "" : dayAndTime(new Date(recording.at)),
    opened === undefined ? "" : span(opened.seconds),
    kindWord(kind),
  ];
  return (
    <header class="pl-head">
      <button
        type="button"
        class="icon-btn"
        aria-label={t("Back to the recordings")}
        title={t("Back to the recordings")}
        onClick={stopPlaying}
      >
        <svg class="icon icon--flip" aria-hidden="true">
          <use href="#i-left" />
        </svg>
      </button>
      <div class="grow">
        <h1 class="cut">
          <bdi>{recording === undefined ? t("Recording") : titleOf(recording)}</bdi>
        </h1>
        <div class="sub cut">{facts.filter(Boolean).join(" · ")}</div>
      </div>
      {recording !== undefined && (recording.proof ?? "unchecked") !== "unchecked" && <Proof recording={recording} />}
      {recording !== undefined && (recording.proof ?? "unchecked") === "unchecked" && (
        <button type="button" class="btn" onClick={() => void tell(verify(recording))}>
          <Icon name="shield" />
          {t("Verify")}
        </button>
      )}
    </header>
  );
}

function View({ player, customer }: { player: Playing; customer: string }) {
  const area = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const space = useSignal({ width: 1, height: 1 });
  const ratio = useSignal(devicePixelRatio);
  useLayoutEffect(() => {
    frame.current!.prepend(player.screen.canvas);
    const watching = new ResizeObserver(([entry]) => {
      space.value = { width: entry!.contentRect.width, height: entry!.contentRect.height };
      ratio.value = devicePixelRatio;
    });
    watching.observe(area.current!);
    return () => watching.disconnect();
  }, [player]);
  const size = player.size.value;
  const drawn =
    size.width === 0 ? { width: 0, height: 0 } : drawnSize(size, space.value, player.zoom.value, ratio.value);
  const exact = player.zoom.value !== "fit" || drawn.width * ratio.value >= size.width;
  const from = corner(drawn, space.value, ratio.value);
  return (
    <section class="pl-view" aria-label={t("Picture")}>
      <div class="picture" ref={area} data-zoom={player.zoom.value === "fit" ? "fit" : "exact"}>
        <div
          ref={frame}
          class="remote-frame"
          data-exact={exact}
          hidden={size.width === 0}
          role="img"
          aria-label={t("{name}’s screen", { name: customer })}
          style={{ width: `${drawn.width}px`, height: `${drawn.height}px`, left: `${from.x}px`, top: `${from.y}px` }}
        >
          <Pointer player={player} scale={size.width === 0 ? 1 : drawn.width / size.width} />
        </div>
      </div>
      {player.opened.value === undefined && (
        <Empty icon="play" title={t("Opening the recording…")}>
          <progress class="waiting-bar" aria-label={t("Opening the recording…")} />
        </Empty>
      )}
      <Troubles player={player} />
    </section>
  );
}

function Pointer({ player, scale }: { player: Playing; scale: number }) {
  const [picture, place] = [player.pointer.value, player.place.value];
  if (picture === undefined || place === undefined) return null;
  return (
    <img
      class="pl-pointer"
      alt=""
      src={picture.address}
      style={{
        left: `calc(${(100 * place.x) / POSITIONS}% - ${picture.hotX * scale}px)`,
        top: `calc(${(100 * place.y) / POSITIONS}% - ${picture.hotY * scale}px)`,
        width: `${picture.width * scale}px`,
      }}
    />
  );
}

function Troubles({ player }: { player: Playing }) {
  const opened = player.opened.value;
  const until = player.missingUntil.value;
  const sentences = [
    until !== undefined &&
      t("The recording is damaged here. Playback continues at {time}.", { time: span(Math.ceil(until)) }),
    opened?.is_cut &&
      player.at.value >= opened.seconds - 0.5 &&
      t("The end is missing: the recording was interrupted, or its file was cut."),
    opened !== undefined && player.now.value.waits && t("Decoding…"),
  ];
  return (
    <div class="troubles" role="status">
      {sentences.map(
        (sentence) =>
          sentence && (
            <p key={sentence} class="banner pop banner--warning">
              <Icon name="info" />
              {sentence}
            </p>
          ),
      )}
    </div>
  );
}

async function fullScreen(place: HTMLElement | null): Promise<void> {
  if (document.fullscreenElement === null) await place?.requestFullscreen();
  else await document.exitFullscreen();
}
