import { POSITIONS } from "@deskside/codec/wire/messages";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { selectedText } from "../input/clipboard";
import { Hands } from "../input/hands";
import { corner, drawnSize } from "../input/places";
import { cursorOf } from "../picture/cursor";
import type { Room } from "../state/room";
import { t } from "../texts/texts";
import { cursorOver, pointsAt } from "../tools";
import { Bar } from "./Bar";
import { NoPicture } from "./NoPicture";
import { Icon } from "./parts";
import { Troubles } from "./Troubles";

/** The customer's screen, painted in its own canvas, and the bar with its tools. */
export function Viewer({ room, customer }: { room: Room; customer: string }) {
  const viewer = useRef<HTMLElement>(null);
  const sees = room.may("view") && !room.over.value;
  const leave = () => viewer.current?.querySelector<HTMLElement>(".toolbar button")?.focus();
  return (
    <section class="viewer" ref={viewer} aria-label={t("Remote desktop")}>
      {sees && !room.pictureStopped.value ? (
        <Picture room={room} customer={customer} leave={leave} />
      ) : (
        <NoPicture room={room} customer={customer} />
      )}
      <Troubles room={room} customer={customer} />
      <Bar room={room} customer={customer} sees={sees} />
    </section>
  );
}

function Picture({ room, customer, leave }: { room: Room; customer: string; leave: () => void }) {
  const area = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLTextAreaElement>(null);
  const space = useSignal({ width: 1, height: 1 });
  const ratio = useSignal(devicePixelRatio);
  const hands = useMemo(() => new Hands(room, leave), [room]);
  const controls = room.may("control");
  const hasPicture = room.size.value.width > 0;

  useLayoutEffect(() => {
    frame.current!.prepend(room.screen.canvas);
    const look = () => room.look(document.visibilityState === "visible");
    const watching = new ResizeObserver(([entry]) => {
      space.value = { width: entry!.contentRect.width, height: entry!.contentRect.height };
      ratio.value = devicePixelRatio;
    });
    watching.observe(area.current!);
    document.addEventListener("visibilitychange", look);
    look();
    return () => {
      watching.disconnect();
      document.removeEventListener("visibilitychange", look);
      room.look(false);
    };
  }, [room]);

  useEffect(() => {
    if (controls) keys.current?.focus();
    return () => hands.release();
  }, [controls, hands, hasPicture]); // before the first picture nothing can have the focus

  useEffect(() => {
    if (!room.sharesClipboard()) return;
    const look = () => void room.clipboard.look();
    const copied = () => {
      room.clipboard.offer(selectedText());
      void room.clipboard.copied();
    };
    addEventListener("focus", look);
    for (const name of ["copy", "cut"] as const) addEventListener(name, copied);
    look();
    return () => {
      removeEventListener("focus", look);
      for (const name of ["copy", "cut"] as const) removeEventListener(name, copied);
    };
  }, [room.granted.value, room.clipboardOn.value, room]);

  const size = room.size.value;
  const drawn = size.width === 0 ? { width: 0, height: 0 } : drawnSize(size, space.value, room.zoom.value, ratio.value);
  // Whole multiples are sharper as squares; everything between is smoother when it is interpolated.
  const times = (drawn.width * ratio.value) / Math.max(size.width, 1);
  const exact = times > 0.5 && Math.abs(times - Math.round(times)) < 1e-6;
  const from = corner(drawn, space.value, ratio.value);
  const pointer = room.pointer.value;
  const scale = Math.max(times, 1) / ratio.value;
  const cursor = useSignal("default");
  useEffect(() => {
    cursor.value = cursorOf(room.cursor.value, scale, hands.at);
  }, [room.cursor.value, scale, hands]);

  return (
    <div class="picture" ref={area} data-zoom={room.zoom.value === "fit" ? "fit" : "exact"}>
      <div
        ref={frame}
        class="remote-frame"
        data-exact={exact}
        hidden={size.width === 0}
        style={{ width: `${drawn.width}px`, height: `${drawn.height}px`, left: `${from.x}px`, top: `${from.y}px` }}
      >
        {pointer !== undefined && (
          <span
            class="their-pointer"
            style={{ left: `${(100 * pointer.x) / POSITIONS}%`, top: `${(100 * pointer.y) / POSITIONS}%` }}
          >
            <Icon name="cursor" />
          </span>
        )}
        <textarea
          ref={keys}
          class="keys"
          aria-label={
            controls
              ? t("Your keyboard and mouse control {name}’s computer. Press Ctrl+Alt+Home to stop.", { name: customer })
              : t("{name}’s screen", { name: customer })
          }
          readOnly={!controls}
          autocomplete="off"
          spellcheck={false}
          style={{ cursor: controls ? cursor.value : cursorOver(room) }}
          onKeyDown={(event) => hands.key(event, true)}
          onKeyUp={(event) => hands.key(event, false)}
          onInput={(event) => {
            if (event.isComposing) return;
            const text = event.currentTarget.value;
            event.currentTarget.value = "";
            if (text !== "") room.send({ kind: "type_text", text });
          }}
          onCompositionEnd={(event) => {
            event.currentTarget.value = "";
            if (event.data !== "") room.send({ kind: "type_text", text: event.data });
          }}
          onBlur={() => controls && hands.release()}
          onPaste={(event) => hands.paste(event)}
          onDrop={(event) => event.preventDefault()}
          onContextMenu={(event) => event.preventDefault()}
          onPointerMove={(event) => {
            hands.move(event);
            room.pointed();
            pointsAt(room, () => hands.place);
            cursor.value = cursorOf(room.cursor.value, scale, { x: event.clientX, y: event.clientY });
          }}
          onPointerEnter={(event) => {
            hands.move(event);
            pointsAt(room, () => hands.place);
          }}
          onPointerLeave={() => pointsAt(room, undefined)}
          onPointerCancel={() => pointsAt(room, undefined)}
          onPointerDown={(event) => {
            hands.point(event);
            pointsAt(room, () => hands.place);
            if (controls) event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerUp={(event) => hands.point(event)}
          onMouseDown={(event) => {
            if (controls) event.currentTarget.focus();
            hands.button(event, true);
          }}
          onMouseUp={(event) => hands.button(event, false)}
          onWheel={(event) => hands.turn(event)}
        />
      </div>
    </div>
  );
}
