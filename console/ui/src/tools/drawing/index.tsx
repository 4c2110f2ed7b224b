/** What the technician draws over the customer's camera: an arrow, a line by hand, a rectangle. The customer sees it. */

import { markPath } from "@deskside/codec/picture/markPath";
import { MARK_POINTS, type Mark, POSITIONS, type Shape } from "@deskside/codec/wire/messages";
import { effect, type Signal, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { OpenSession } from "../../state/openSession";
import { t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import { cameraOf } from "../camera";
import type { Props, Tool } from "../tool";

interface Drawing {
  /** What is drawn next, undefined while nothing is. */
  readonly shape: Signal<Shape | undefined>;
  readonly marks: Signal<readonly Mark[]>;
  number: number;
}

const SHAPES: readonly (readonly [Shape, string])[] = [
  ["arrow", "arrow"],
  ["pen", "freehand"],
  ["rectangle", "rect"],
];
const openSessions = new WeakMap<OpenSession, Drawing>();

export const drawing: Tool = {
  name: "drawing",
  buttons: { main: Buttons },
  over: Over,
};

function of(openSession: OpenSession): Drawing {
  let state = openSessions.get(openSession);
  if (state === undefined) {
    const made: Drawing = { shape: signal(undefined), marks: signal([]), number: Date.now() % 2 ** 31 };
    state = made;
    openSessions.set(openSession, made);
    let wasFrozen = false;
    // The customer's side takes the marks away at the same moments.
    effect(() => {
      const camera = cameraOf(openSession).camera.value;
      if (camera === undefined || (wasFrozen && camera.frozen !== true)) made.marks.value = [];
      if (camera === undefined) made.shape.value = undefined;
      wasFrozen = camera?.frozen ?? false;
    });
  }
  return state;
}

function Buttons({ openSession }: Props) {
  const state = of(openSession);
  if (cameraOf(openSession).camera.value === undefined) return null;
  const words: Record<Shape, string> = {
    arrow: t("Draw an arrow"),
    pen: t("Draw by hand"),
    rectangle: t("Draw a rectangle"),
  };
  return (
    <>
      {SHAPES.map(([shape, icon]) => (
        <button
          key={shape}
          type="button"
          class="tool"
          aria-label={words[shape]}
          aria-pressed={state.shape.value === shape}
          data-tip={words[shape]}
          onClick={() => {
            state.shape.value = state.shape.value === shape ? undefined : shape;
          }}
        >
          <Icon name={icon} />
        </button>
      ))}
      {state.marks.value.length > 0 && (
        <button
          type="button"
          class="tool"
          aria-label={t("Clear what is drawn")}
          data-tip={t("Clear what is drawn")}
          onClick={() => {
            state.marks.value = [];
            openSession.send({ kind: "clear_marks" });
          }}
        >
          <Icon name="trash" />
        </button>
      )}
    </>
  );
}

/** The marks, and while a shape is chosen the hand that draws one. */
function Over({ openSession }: Props) {
  const state = of(openSession);
  const begun = useRef<number[] | undefined>(undefined);
  const { width, height } = openSession.size.value;
  const shape = state.shape.value;
  if (cameraOf(openSession).camera.value === undefined || width === 0) return null;
  const draw = (points: number[], isDone: boolean) => {
    const mark: Mark = { kind: "mark", number: state.number, shape: shape!, points };
    state.marks.value = [...state.marks.value.filter(({ number }) => number !== mark.number), mark];
    if (isDone) openSession.send(mark);
  };
  const at = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const place = (part: number) => Math.min(Math.max(Math.floor(part * POSITIONS), 0), POSITIONS - 1);
    return [place((event.clientX - box.left) / box.width), place((event.clientY - box.top) / box.height)];
  };
  const move = (event: PointerEvent, isDone: boolean) => {
    const points = begun.current;
    if (points === undefined) return;
    const place = at(event);
    if (shape !== "pen") begun.current = [...points.slice(0, 2), ...place];
    else if (points.length < 2 * MARK_POINTS) points.push(...place);
    draw([...begun.current!], isDone);
    if (isDone) begun.current = undefined;
  };
  return (
    <svg
      class="drawn"
      data-draws={shape !== undefined}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={t("What you have drawn")}
      onPointerDown={(event) => {
        if (shape === undefined) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        state.number = (state.number + 1) % 2 ** 32;
        begun.current = at(event);
      }}
      onPointerMove={(event) => move(event, false)}
      onPointerUp={(event) => move(event, true)}
      onPointerCancel={() => {
        begun.current = undefined;
      }}
    >
      {state.marks.value.map((mark) => {
        const path = markPath(mark, width, height);
        return (
          <g key={mark.number}>
            <path class="mark-edge" d={path} />
            <path class="mark-line" d={path} />
          </g>
        );
      })}
    </svg>
  );
}
