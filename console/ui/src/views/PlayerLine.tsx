import type { Player } from "../state/player";
import { SPEEDS } from "../state/player";
import { isChat, markIcon, markSentence, type People } from "../texts/player";
import { number, span, t } from "../texts/texts";
import type { Mark, PlayerOpened } from "../wire/page.gen";
import { Icon, Item, Menu } from "./parts";

const AXIS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200];
const LABELS = 7;
/** Marks that lie closer together, in pixels, are drawn as one; the list at the side has them all. */
const CLOSE = 24;
/** What stands beside the line: rail and list on a desk, margins on a phone. */
const BESIDE = { wide: 430, narrow: 40, from: 960 };

interface Props {
  player: Player;
  people: People;
  fullScreen: () => void;
}

/** The time of a recording: what runs it, and where in it something happened. */
export function PlayerLine({ player, people, fullScreen }: Props) {
  const opened = player.opened.value;
  return (
    <section class="pl-line" aria-label={t("Time")}>
      <Controls player={player} fullScreen={fullScreen} />
      {opened !== undefined && <Line player={player} opened={opened} people={people} />}
    </section>
  );
}

function Controls({ player, fullScreen }: { player: Player; fullScreen: () => void }) {
  const { playing, speed, skips } = player.now.value;
  return (
    <div class="pl-ctl">
      <Tool icon="prev" label={t("Previous change")} keys="Shift+←" choose={() => player.do("change", -1)} />
      <Tool icon="left" label={t("Previous frame")} keys="," choose={() => player.do("step", -1)} />
      <button
        type="button"
        class="play"
        aria-label={playing ? t("Pause") : t("Play")}
        title={playing ? t("Pause") : t("Play")}
        aria-keyshortcuts="Space K"
        onClick={() => player.toggle()}
      >
        <Icon name={playing ? "pause" : "play"} size="l" />
      </button>
      <Tool icon="right" label={t("Next frame")} keys="." choose={() => player.do("step", 1)} />
      <Tool icon="next" label={t("Next change")} keys="Shift+→" choose={() => player.do("change", 1)} />
      <span class="pl-time num">
        <b>{span(player.at.value)}</b> / {span(player.opened.value?.seconds ?? 0)}
      </span>
      <span class="grow" />
      <label class="row pl-skip">
        <input
          type="checkbox"
          class="switch-box"
          role="switch"
          aria-checked={skips}
          checked={skips}
          onChange={(event) => player.do("skip", event.currentTarget.checked ? 1 : 0)}
        />
        {t("Skip quiet parts")}
      </label>
      <Menu
        label={t("Speed: {speed}", { speed: times(speed) })}
        button={
          <>
            {times(speed)}
            <Icon name="down" />
          </>
        }
      >
        {SPEEDS.map((each) => (
          <Item key={each} chosen={each === speed} choose={() => player.do("speed", each)}>
            {times(each)}
          </Item>
        ))}
      </Menu>
      <button
        type="button"
        class="tool"
        aria-pressed={player.zoom.value !== "fit"}
        aria-label={t("1:1, actual size")}
        title={t("1:1, actual size")}
        onClick={() => {
          player.zoom.value = player.zoom.value === "fit" ? 1 : "fit";
        }}
      >
        1:1
      </button>
      <Tool icon="fit" label={t("Full screen")} keys="F" choose={fullScreen} />
    </div>
  );
}

interface ToolProps {
  icon: string;
  label: string;
  keys: string;
  choose: () => void;
}

function Tool({ icon, label, keys, choose }: ToolProps) {
  return (
    <button type="button" class="tool" aria-label={label} title={`${label} (${keys})`} onClick={choose}>
      <Icon name={icon} />
    </button>
  );
}

function Line({ player, opened, people }: { player: Player; opened: PlayerOpened; people: People }) {
  const share = (second: number) => `${opened.seconds === 0 ? 0 : (100 * second) / opened.seconds}%`;
  const width = (part: { begins: number; ends: number }) => share(part.ends - part.begins);
  return (
    <div class="tl">
      <Strip activity={opened.activity} done={opened.seconds === 0 ? 0 : player.at.value / opened.seconds} />
      {opened.quiet.map((part) => (
        <span key={part.begins} class="quiet-part" style={{ left: share(part.begins), width: width(part) }} />
      ))}
      {opened.missing.map((part) => (
        <span
          key={part.begins}
          class="missing-part"
          title={t("Damaged")}
          style={{ left: share(part.begins), width: width(part) }}
        />
      ))}
      <span class="head" style={{ left: share(player.at.value) }} />
      <input
        type="range"
        class="tl-seek"
        aria-label={t("Time")}
        aria-valuetext={t("{at} of {all}", { at: span(player.at.value), all: span(opened.seconds) })}
        min={0}
        max={Math.max(opened.seconds, 0.001)}
        step="any"
        value={player.at.value}
        onInput={(event) => player.seek(event.currentTarget.valueAsNumber)}
      />
      {spread(opened).map((mark) => (
        <MarkButton key={`${mark.at}${mark.kind}`} mark={mark} player={player} people={people} left={share(mark.at)} />
      ))}
      <span class="ax" aria-hidden="true">
        {ticks(opened.seconds).map((second) => (
          <span key={second} style={{ left: share(second) }}>
            {span(second)}
          </span>
        ))}
      </span>
    </div>
  );
}

interface MarkProps {
  mark: Mark;
  player: Player;
  people: People;
  left: string;
}

function MarkButton({ mark, player, people, left }: MarkProps) {
  const looks: Partial<Record<Mark["kind"], string>> = {
    began: "mk--consent",
    allowed: "mk--consent",
    declined: "mk--stop",
    stopped: "mk--stop",
  };
  const what = `${span(mark.at)} ${markSentence(mark, people)}${isChat(mark) ? `: ${mark.text}` : ""}`;
  return (
    <button
      type="button"
      class={`mk ${looks[mark.kind] ?? ""}`}
      style={{ left }}
      aria-label={what}
      title={what}
      onClick={() => player.seek(mark.at)}
    >
      <Icon name={markIcon(mark)} />
    </button>
  );
}

function Strip({ activity, done }: { activity: readonly number[]; done: number }) {
  return (
    <svg class="strip-bars" viewBox={`0 0 ${activity.length} 100`} preserveAspectRatio="none" aria-hidden="true">
      {activity.map((height, place) => (
        <rect
          key={place}
          class={place < done * activity.length ? "done" : ""}
          x={place + 0.1}
          y={100 - Math.max(height, 6)}
          width={0.8}
          height={Math.max(height, 6)}
        />
      ))}
    </svg>
  );
}

/** Return the marks that have room beside one another. */
function spread({ marks, seconds }: PlayerOpened): readonly Mark[] {
  const kept: Mark[] = [];
  const width = innerWidth - (innerWidth > BESIDE.from ? BESIDE.wide : BESIDE.narrow);
  for (const mark of marks) {
    const before = kept.at(-1);
    if (before === undefined || (width * (mark.at - before.at)) / (seconds || 1) >= CLOSE) kept.push(mark);
  }
  return kept;
}

function ticks(seconds: number): number[] {
  const step = AXIS.find((each) => seconds / each <= LABELS) ?? 14_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_each, place) => place * step);
}

function times(speed: number): string {
  return `${number(speed, speed < 1 ? 1 : 0)}×`;
}
