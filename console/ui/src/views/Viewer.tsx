import { POSITIONS } from "@deskside/codec/wire/messages";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { selectedText } from "../input/clipboard";
import { Hands } from "../input/hands";
import { corner, drawnSize } from "../input/places";
import { cursorOf } from "../picture/cursor";
import { engineThere, sessions } from "../state/console";
import type { OpenSession } from "../state/openSession";
import { t } from "../texts/texts";
import { cursorOver, pointsAt, TOOLS } from "../tools";
import { Bar } from "./Bar";
import { NoPicture } from "./NoPicture";
import { Icon } from "./parts";
import { Troubles } from "./Troubles";

/** The customer's screen, painted in its own canvas, and the bar with its tools. */
export function Viewer({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const viewer = useRef<HTMLElement>(null);
  const gone = sessions.value.get(openSession.id)?.page_closed ?? false; // what it showed last is shown no longer
  const sees = openSession.may("view") && !openSession.over.value && !gone && engineThere.value;
  const leave = () => viewer.current?.querySelector<HTMLElement>(".toolbar button")?.focus();
  return (
    <section class="viewer" ref={viewer} aria-label={t("Remote desktop")}>
      {sees && !openSession.pictureStopped.value ? (
        <Picture openSession={openSession} customer={customer} leave={leave} />
      ) : (
        <NoPicture openSession={openSession} customer={customer} />
      )}
      <Troubles openSession={openSession} customer={customer} />
      <Bar openSession={openSession} customer={customer} sees={sees} />
    </section>
  );
}

function Picture({ openSession, customer, leave }: { openSession: OpenSession; customer: string; leave: () => void }) {
  const area = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLTextAreaElement>(null);
  const space = useSignal({ width: 1, height: 1 });
  const ratio = useSignal(devicePixelRatio);
  const hands = useMemo(() => new Hands(openSession, leave), [openSession]);
  const controls = openSession.may("control");
  const hasPicture = openSession.size.value.width > 0;

  useLayoutEffect(() => {
    frame.current!.prepend(openSession.screen.canvas);
    const look = () => openSession.look(document.visibilityState === "visible");
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
      openSession.look(false);
    };
  }, [openSession]);

  useEffect(() => {
    if (controls) keys.current?.focus();
    return () => hands.release();
  }, [controls, hands, hasPicture]); // before the first picture nothing can have the focus

  useEffect(() => {
    if (!openSession.sharesClipboard()) return;
    const look = () => void openSession.clipboard.look();
    const copied = () => {
      openSession.clipboard.offer(selectedText());
      void openSession.clipboard.copied();
    };
    addEventListener("focus", look);
    for (const name of ["copy", "cut"] as const) addEventListener(name, copied);
    look();
    return () => {
      removeEventListener("focus", look);
      for (const name of ["copy", "cut"] as const) removeEventListener(name, copied);
    };
  }, [openSession.granted.value, openSession.clipboardOn.value, openSession]);

  const size = openSession.size.value;
  const drawn =
    size.width === 0 ? { width: 0, height: 0 } : drawnSize(size, space.value, openSession.zoom.value, ratio.value);
  // Whole multiples are sharper as squares; everything between is smoother when it is interpolated.
  const times = (drawn.width * ratio.value) / Math.max(size.width, 1);
  const exact = times > 0.5 && Math.abs(times - Math.round(times)) < 1e-6;
  const from = corner(drawn, space.value, ratio.value);
  const pointer = openSession.pointer.value;
  const scale = Math.max(times, 1) / ratio.value;
  const cursor = useSignal("default");
  useEffect(() => {
    cursor.value = cursorOf(openSession.cursor.value, scale, hands.at);
  }, [openSession.cursor.value, scale, hands]);

  return (
    <div class="picture" ref={area} data-zoom={openSession.zoom.value === "fit" ? "fit" : "exact"}>
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
              : openSession.may("camera")
                ? t("{name}’s camera", { name: customer })
                : t("{name}’s screen", { name: customer })
          }
          readOnly={!controls}
          autocomplete="off"
          spellcheck={false}
          style={{ cursor: controls ? cursor.value : cursorOver(openSession) }}
          onKeyDown={(event) => hands.key(event, true)}
          onKeyUp={(event) => hands.key(event, false)}
          onInput={(event) => {
            if (event.isComposing) return;
            const text = event.currentTarget.value;
            event.currentTarget.value = "";
            if (text !== "") openSession.send({ kind: "type_text", text });
          }}
          onCompositionEnd={(event) => {
            event.currentTarget.value = "";
            if (event.data !== "") openSession.send({ kind: "type_text", text: event.data });
          }}
          onBlur={() => controls && hands.release()}
          onPaste={(event) => hands.paste(event)}
          onDrop={(event) => event.preventDefault()}
          onContextMenu={(event) => event.preventDefault()}
          onPointerMove={(event) => {
            hands.move(event);
            openSession.pointed();
            pointsAt(openSession, () => hands.place);
            cursor.value = cursorOf(openSession.cursor.value, scale, { x: event.clientX, y: event.clientY });
          }}
          onPointerEnter={(event) => {
            hands.move(event);
            pointsAt(openSession, () => hands.place);
          }}
          onPointerLeave={() => pointsAt(openSession, undefined)}
          onPointerCancel={() => pointsAt(openSession, undefined)}
          onPointerDown={(event) => {
            hands.point(event);
            pointsAt(openSession, () => hands.place);
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
        {TOOLS.map(({ name, over: Over }) => Over && <Over key={name} openSession={openSession} customer={customer} />)}
      </div>
    </div>
  );
}
