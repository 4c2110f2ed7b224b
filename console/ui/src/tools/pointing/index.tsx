/** A technician who only watches may point: the customer sees a dot with the technician's name, which fades. */

import { effect, type Signal, signal } from "@preact/signals";
import type { OpenSession } from "../../state/openSession";
import { troubleSentence } from "../../texts/sentences";
import { t } from "../../texts/texts";
import { Icon } from "../../views/parts";
import type { Place, Props, Tool } from "../tool";

/** A mouse says a thousand times a second where it is; thirty are as smooth as a hand. */
const SAY_MS = 33;

interface Pointing {
  readonly on: Signal<boolean>;
  /** Where was pointed last, and is still. */
  last: Place | undefined;
  next: (() => Place) | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const openSessions = new WeakMap<OpenSession, Pointing>();

export const pointing: Tool = {
  name: "pointing",
  buttons: { more: Button },
  cursor: (openSession) => (of(openSession).on.value && openSession.may("view") ? "crosshair" : undefined),
  points: (openSession, place) => {
    const state = of(openSession);
    if (openSession.troubles.value.has("cannot_point")) state.on.value = false;
    if (place === undefined || !state.on.value || openSession.may("control")) stop(openSession, state);
    else say(openSession, state, place);
  },
};

function of(openSession: OpenSession): Pointing {
  let state = openSessions.get(openSession);
  if (state === undefined) {
    const on = signal(false);
    state = { on, last: undefined, next: undefined, timer: undefined };
    openSessions.set(openSession, state);
    // What was stopped, or gave way to control, begins again only when the technician wants it.
    effect(() => {
      if (!openSession.may("view") || openSession.may("control")) on.value = false;
    });
  }
  return state;
}

/** Say where it points, at once and then as often as it is worth. */
function say(openSession: OpenSession, state: Pointing, place: () => Place): void {
  state.next = place;
  if (state.timer === undefined) tell(openSession, state);
}

function tell(openSession: OpenSession, state: Pointing): void {
  state.timer = undefined;
  if (state.next === undefined) return;
  state.last = state.next();
  state.next = undefined;
  openSession.send({ kind: "point", ...state.last });
  state.timer = setTimeout(() => tell(openSession, state), SAY_MS);
}

function stop(openSession: OpenSession, state: Pointing): void {
  clearTimeout(state.timer);
  state.timer = state.next = undefined;
  if (state.last !== undefined) openSession.send({ kind: "point", ...state.last, on: false });
  state.last = undefined;
}

/** While the technician controls the computer, the customer sees their pointer anyway. */
function Button({ openSession, customer }: Props) {
  const state = of(openSession);
  if (!openSession.may("view") || openSession.may("control")) return null;
  const trouble = openSession.troubles.value.get("cannot_point");
  const on = state.on.value && trouble === undefined;
  const point = openSession.may("camera")
    ? t("Point at something that {name}’s camera shows", { name: customer })
    : t("Point at something on {name}’s screen", { name: customer });
  const off = on ? t("Stop pointing") : point;
  const label = trouble === undefined ? off : troubleSentence(trouble, customer);
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={on}
      aria-label={label}
      data-tip={label}
      aria-disabled={trouble !== undefined}
      onClick={() => {
        if (trouble !== undefined) return;
        state.on.value = !on;
        if (on) stop(openSession, state);
      }}
    >
      <Icon name="point" />
    </button>
  );
}
