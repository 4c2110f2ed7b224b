import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { isWayOut, keyMessage } from "../input/keyboard";
import { corner, drawnSize, POSITIONS, pointed, positionOf } from "../input/places";
import { mayAsk } from "../state/functions";
import type { Room } from "../state/room";
import { connectionSentence, troubleSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import { Bar } from "./Bar";
import { Empty, Icon } from "./parts";

const NOTCH = 120;
const PIXELS_A_NOTCH = 100;
const LINES_A_NOTCH = 3;

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

function NoPicture({ room, customer }: { room: Room; customer: string }) {
  if (room.over.value) {
    return (
      <Empty icon="monitor" title={t("The session has ended")}>
        <p>{t("Nobody sees the screen any more. The chat can still be read at the side.")}</p>
      </Empty>
    );
  }
  if (room.may("view") && room.pictureStopped.value) {
    return (
      <Empty icon="monitor" title={t("The picture was stopped")}>
        <p>
          {t("{name}’s computer sends pictures that take too long to show, or too much memory.", { name: customer })}{" "}
          {t("The chat and everything else go on.")}
        </p>
        <button type="button" class="btn" onClick={() => room.resumePicture()}>
          {t("Show the screen again")}
        </button>
      </Empty>
    );
  }
  const connected = room.connected.value?.encryption;
  if (!connected) {
    return (
      <Empty icon="monitor" title={t("Connecting to {name}…", { name: customer })}>
        <progress class="waiting-bar" aria-label={t("Connecting")} />
      </Empty>
    );
  }
  const asking = room.asking.value;
  if (asking !== undefined) {
    return (
      <Empty
        icon="eye"
        title={asking.seen ? t("{name} is deciding", { name: customer }) : t("Asking {name}…", { name: customer })}
      >
        <p>{t("The question is on the customer’s screen, with who you are and what you ask for.")}</p>
        <button type="button" class="btn" onClick={() => room.withdraw()}>
          {t("Withdraw the question")}
        </button>
      </Empty>
    );
  }
  if (!mayAsk("view") && !mayAsk("control")) {
    return (
      <Empty icon="lock" title={t("Your group does not see screens")}>
        <p>{t("An administrator can give your group the permission to view or to control.")}</p>
      </Empty>
    );
  }
  return (
    <Empty icon="eye" title={t("{name} has not shared the screen", { name: customer })}>
      <p>{t("You see something only after the customer allows it.")}</p>
      <div class="row">
        {mayAsk("control") && (
          <button type="button" class="btn btn--primary" onClick={() => room.ask("control")}>
            {t("Ask for control")}
          </button>
        )}
        {mayAsk("view") && (
          <button type="button" class={mayAsk("control") ? "btn" : "btn btn--primary"} onClick={() => room.ask("view")}>
            {t("Ask to view")}
          </button>
        )}
      </div>
    </Empty>
  );
}

function Picture({ room, customer, leave }: { room: Room; customer: string; leave: () => void }) {
  const area = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLTextAreaElement>(null);
  const space = useSignal({ width: 1, height: 1 });
  const ratio = useSignal(devicePixelRatio);
  const last = useRef({ x: 0, y: 0 });
  const controls = room.may("control");

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
    return () => room.send({ kind: "release_keys" });
  }, [controls, room]);

  useEffect(() => {
    if (!room.sharesClipboard()) return;
    const look = () => void room.clipboard.look();
    for (const name of ["focus", "copy", "cut"] as const) addEventListener(name, look);
    look();
    return () => {
      for (const name of ["focus", "copy", "cut"] as const) removeEventListener(name, look);
    };
  }, [room.granted.value, room.clipboardOn.value, room]);

  const size = room.size.value;
  const drawn = size.width === 0 ? { width: 0, height: 0 } : drawnSize(size, space.value, room.zoom.value, ratio.value);
  // Whole multiples are sharper as squares; everything between is smoother when it is interpolated.
  const times = (drawn.width * ratio.value) / Math.max(size.width, 1);
  const exact = times > 0.5 && Math.abs(times - Math.round(times)) < 1e-6;
  const from = corner(drawn, space.value, ratio.value);
  // Pointer events tell fractions of CSS pixels, the mouse events after them do not.
  const point = (event: PointerEvent) => {
    last.current = { x: pointed(event.clientX, ratio.value), y: pointed(event.clientY, ratio.value) };
  };
  const at = () => {
    const box = room.screen.canvas.getBoundingClientRect();
    const place = positionOf(last.current.x - box.left, last.current.y - box.top, box, size);
    return { display: room.display.value!, ...place };
  };
  const pointer = room.pointer.value;

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
              ? t("Keyboard and mouse go to {name}. Ctrl+Alt+Home gives them back.", { name: customer })
              : t("{name}’s screen", { name: customer })
          }
          readOnly={!controls}
          autocomplete="off"
          spellcheck={false}
          style={{ cursor: controls ? room.cursor.value : "default" }}
          onKeyDown={(event) => takeKey(room, event, true, leave)}
          onKeyUp={(event) => takeKey(room, event, false, leave)}
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
          onBlur={() => controls && room.send({ kind: "release_keys" })}
          onPaste={(event) => event.preventDefault()}
          onDrop={(event) => event.preventDefault()}
          onContextMenu={(event) => event.preventDefault()}
          onPointerMove={(event) => {
            point(event);
            if (controls) room.send({ kind: "pointer_move", ...at() });
          }}
          // Buttons come from mouse events: a second button that goes down makes no pointerdown.
          onPointerDown={(event) => {
            point(event);
            if (controls) event.currentTarget.setPointerCapture(event.pointerId);
          }}
          onPointerUp={point}
          onMouseDown={(event) => {
            if (!controls) return;
            event.preventDefault();
            event.currentTarget.focus();
            room.send({ kind: "pointer_button", ...at(), button: event.button, down: true });
          }}
          onMouseUp={(event) => {
            if (!controls) return;
            event.preventDefault();
            room.send({ kind: "pointer_button", ...at(), button: event.button, down: false });
          }}
          onWheel={(event) => {
            if (!controls) return;
            event.preventDefault();
            const unit =
              event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? NOTCH / PIXELS_A_NOTCH : NOTCH / LINES_A_NOTCH;
            room.send({
              kind: "pointer_wheel",
              ...at(),
              across: wheel(event.deltaX * unit),
              along: wheel(event.deltaY * unit),
            });
          }}
        />
      </div>
    </div>
  );
}

function takeKey(room: Room, event: KeyboardEvent, down: boolean, leave: () => void): void {
  if (!room.may("control")) return;
  if (isWayOut(event)) {
    event.preventDefault();
    if (down) {
      room.send({ kind: "release_keys" });
      leave();
    }
    return;
  }
  const message = keyMessage(event, down);
  if (message === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  room.send(message);
}

function wheel(turn: number): number {
  return Math.round(Math.max(-12_000, Math.min(12_000, turn)));
}

function Troubles({ room, customer }: { room: Room; customer: string }) {
  const connected = room.connected.value;
  const lost = connected === undefined ? "" : connectionSentence(connected, customer);
  const serious = connected?.path === "lost";
  const sentences = [...room.troubles.value.keys()].map((trouble) => troubleSentence(trouble, customer));
  return (
    <div class="troubles" role="status">
      {[lost, ...sentences].filter(Boolean).map((sentence) => (
        <p key={sentence} class={`banner pop banner--${serious || sentence !== lost ? "warning" : "quiet"}`}>
          <Icon name="info" />
          {sentence}
        </p>
      ))}
    </div>
  );
}
