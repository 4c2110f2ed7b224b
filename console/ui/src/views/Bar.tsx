import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { engineThere } from "../state/console";
import { barPlace, fullScreen, moveBar } from "../state/layout";
import type { OpenSession } from "../state/openSession";
import { t } from "../texts/texts";
import { ConnectionChip } from "./ConnectionChip";
import { Grants } from "./Grants";
import { Icon } from "./parts";
import { ChatButton } from "./SessionHead";
import { Toolbar, Unseen } from "./Toolbar";

/** Where the pointer touches the upper edge, in pixels. */
const EDGE = 1;
/** How far below the bar it slides back, and after how long. */
const AWAY = 16;
const AWAY_MS = 400;
/** How long it is shown when the screen has just been filled, and when a message has come. */
const SHOWN_MS = 2_500;
const STEP = 0.05;

interface Props {
  openSession: OpenSession;
  customer: string;
  sees: boolean;
}

/**
 * What can be done with the picture: under it, so that it covers nothing. In full screen it waits behind the upper edge,
 * comes when the pointer touches that or the keyboard enters it, and can be moved along.
 */
export function Bar({ openSession, customer, sees }: Props) {
  const bar = useRef<HTMLDivElement>(null);
  const out = useSliding(bar, openSession);
  const full = fullScreen.value;
  return (
    <div
      class={`bar${full ? " bar--edge pop" : ""}`}
      ref={bar}
      data-out={full && out}
      style={full ? { "--at": barPlace.value } : undefined}
    >
      {!full && engineThere.value && <ConnectionChip openSession={openSession} customer={customer} />}
      <span class="grow" />
      {full && <Grip bar={bar} />}
      {sees ? (
        <Toolbar openSession={openSession} customer={customer} />
      ) : (
        <Unseen openSession={openSession} customer={customer} />
      )}
      {full && <ChatButton openSession={openSession} look="tool" />}
      <span class="grow" />
      {!openSession.over.value && engineThere.value && <Grants openSession={openSession} />}
    </div>
  );
}

/** Say whether the bar has slid out of the upper edge. */
function useSliding(bar: { current: HTMLDivElement | null }, openSession: OpenSession): boolean {
  const out = useSignal(true);
  const timer = useRef<number | undefined>(undefined);
  const full = fullScreen.value;
  const unread = openSession.unread.value;
  const back = (milliseconds: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      out.value = bar.current?.matches(":hover") ?? false;
    }, milliseconds);
  };
  useEffect(() => {
    if (!full) return;
    const look = (event: PointerEvent) => {
      const away = event.clientY > bar.current!.offsetHeight + AWAY;
      if (event.clientY <= EDGE) {
        clearTimeout(timer.current);
        timer.current = undefined;
        out.value = true;
      } else if (away && out.value && timer.current === undefined) back(AWAY_MS);
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !bar.current!.contains(document.activeElement)) return;
      event.preventDefault();
      (document.activeElement as HTMLElement).blur();
      document.querySelector<HTMLElement>(".keys")?.focus();
    };
    document.addEventListener("pointermove", look);
    document.addEventListener("keydown", leave);
    return () => {
      document.removeEventListener("keydown", leave);
      document.removeEventListener("pointermove", look);
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [full]);
  useEffect(() => {
    if (!full) return;
    out.value = true;
    back(SHOWN_MS);
  }, [full, unread]);
  return out.value;
}

/** Moves the bar along the edge, by pointer or by arrow keys. */
function Grip({ bar }: { bar: { current: HTMLDivElement | null } }) {
  const held = useRef<number | undefined>(undefined);
  return (
    <button
      type="button"
      class="tool grip"
      aria-label={t("Move this bar with the arrow keys")}
      data-tip={t("Drag to move this bar")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = event.clientX - bar.current!.getBoundingClientRect().left;
      }}
      onPointerMove={(event) => {
        if (held.current === undefined) return;
        const openSession = innerWidth - bar.current!.offsetWidth;
        if (openSession > 0) moveBar((event.clientX - held.current) / openSession);
      }}
      onPointerUp={() => {
        held.current = undefined;
      }}
      onLostPointerCapture={() => {
        held.current = undefined;
      }}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
        if (step !== undefined) moveBar(barPlace.value + step);
      }}
    >
      <Icon name="grip" />
    </button>
  );
}
