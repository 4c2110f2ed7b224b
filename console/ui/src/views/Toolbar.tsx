import { useSignal } from "@preact/signals";
import { combination, SPECIAL_KEYS } from "../input/keyboard";
import type { Zoom } from "../input/places";
import { now } from "../state/console";
import { mayAsk, mustRecord } from "../state/functions";
import { fullScreen } from "../state/layout";
import type { Room } from "../state/room";
import { span, t } from "../texts/texts";
import { backToPicture, Icon, Item, Menu } from "./parts";
import { TypeText } from "./TypeText";

const ZOOMS: readonly Zoom[] = ["fit", 0.5, 0.75, 1, 1.25, 1.5, 2];

interface Props {
  room: Room;
  customer: string;
}

/** What can be done with the picture. */
export function Toolbar({ room, customer }: Props) {
  const typing = useSignal(false);
  const controls = room.may("control");
  const place = room.displays.value.findIndex((display) => display.id === room.display.value) + 1;
  return (
    <div class="toolbar" role="toolbar" aria-label={t("Remote control")}>
      {fullScreen.value && <FullScreen />}
      <Control room={room} customer={customer} />
      {(room.may("control") || mayAsk("control")) && <span class="sep" />}
      {room.displays.value.length > 1 && (
        <Menu
          label={t("Display {number} of {count}", { number: place, count: room.displays.value.length })}
          button={
            <>
              <Icon name="displays" />
              {place}
              <Icon name="down" />
            </>
          }
        >
          {room.displays.value.map((display, index) => (
            <Item key={display.id} chosen={display.id === room.display.value} choose={() => room.watch(display.id)}>
              <span class="num">{index + 1}</span>
              <bdi>{display.name}</bdi>
              <span class="second num ltr">{`${display.width} × ${display.height}`}</span>
            </Item>
          ))}
        </Menu>
      )}
      <Menu
        label={t("Zoom: {zoom}", { zoom: zoomWord(room.zoom.value) })}
        button={
          <>
            <Icon name="fit" />
            {zoomWord(room.zoom.value)}
            <Icon name="down" />
          </>
        }
      >
        {ZOOMS.map((zoom) => (
          <Item
            key={zoom}
            chosen={room.zoom.value === zoom}
            choose={() => {
              room.zoom.value = zoom;
            }}
          >
            {zoom === "fit" ? t("Fit to window") : zoomWord(zoom)}
          </Item>
        ))}
      </Menu>
      {!fullScreen.value && <FullScreen />}
      <span class="sep" />
      <Menu
        label={t("Special keys and typing")}
        disabled={!controls}
        button={
          <>
            <Icon name="keyboard" />
            <Icon name="down" />
          </>
        }
      >
        {SPECIAL_KEYS.map(([name, codes]) => (
          <Item
            key={name}
            choose={() => {
              combination(codes).forEach(room.send);
              backToPicture();
            }}
          >
            <span class="ltr">{name === "Windows key" ? t("Windows key") : name}</span>
          </Item>
        ))}
        <hr />
        <Item
          choose={() => {
            typing.value = true;
          }}
        >
          {t("Type text…")}
        </Item>
      </Menu>
      {(room.may("clipboard") || mayAsk("clipboard")) && <Clipboard room={room} />}
      <Recording room={room} />
      {typing.value && (
        <TypeText
          room={room}
          customer={customer}
          close={() => {
            typing.value = false;
          }}
        />
      )}
    </div>
  );
}

function Control({ room, customer }: { room: Room; customer: string }) {
  const asking = room.asking.value;
  if (room.may("control")) {
    return (
      <button
        type="button"
        class="tool tool--main"
        aria-pressed="true"
        data-tip={t("You control this computer. Click to stop, or press Ctrl+Alt+Home to get your keyboard back.")}
        onClick={() => room.send({ kind: "release", access: "control" })}
      >
        <Icon name="cursor" />
        {t("Control")}
      </button>
    );
  }
  if (asking !== undefined) {
    return (
      <button type="button" class="tool" data-tip={t("Cancel request")} onClick={() => room.withdraw()}>
        <Icon name="clock" />
        {t("Waiting for {name} to answer", { name: customer })}
      </button>
    );
  }
  if (!mayAsk("control")) return null;
  return (
    <button type="button" class="tool tool--main" onClick={() => room.ask("control")}>
      <Icon name="cursor" />
      {t("Request control")}
    </button>
  );
}

function Clipboard({ room }: { room: Room }) {
  const shared = room.sharesClipboard();
  const label = clipboardLabel(shared, room.may("clipboard"));
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={shared}
      aria-label={label}
      data-tip={label}
      disabled={room.asking.value !== undefined}
      onClick={() => room.shareClipboard(!shared)}
    >
      <Icon name="clipboard" />
    </button>
  );
}

function clipboardLabel(shared: boolean, allowed: boolean): string {
  if (shared) return t("The clipboard is shared. Stop sharing");
  return allowed ? t("Share the clipboard") : t("Request the clipboard");
}

/** The red dot with the time that runs: pressed, it stops, unless the group demands the recording. */
function Recording({ room }: { room: Room }) {
  const since = room.recorded.value;
  const allowed = room.may("record");
  if (since === undefined && !allowed) {
    if (!mayAsk("record") || mustRecord()) return null;
    return (
      <button
        type="button"
        class="tool"
        aria-label={t("Record")}
        data-tip={t("Record")}
        disabled={room.asking.value !== undefined}
        onClick={() => room.ask("record")}
      >
        <Icon name="record" />
      </button>
    );
  }
  const time = since === undefined ? "…" : span((now.value - since) / 1000);
  const running = t("Recording, {time}", { time });
  const label = mustRecord()
    ? `${running}. ${t("Your organisation records every session.")}`
    : `${running}. ${t("Stop recording")}`;
  return (
    <button
      type="button"
      class="tool tool--rec"
      aria-label={label}
      data-tip={label}
      aria-disabled={mustRecord()}
      onClick={() => !mustRecord() && room.send({ kind: "release", access: "record" })}
    >
      <span class="rec-dot" />
      {time}
    </button>
  );
}

function zoomWord(zoom: Zoom): string {
  if (zoom === "fit") return t("Fit");
  return `${zoom * 100} %`;
}

/** Fills the screen, or gives it back. In full screen it comes first: Ctrl+Alt+Home leads to it. */
function FullScreen() {
  if (fullScreen.value) {
    return (
      <button type="button" class="tool tool--exit" onClick={() => void document.exitFullscreen()}>
        <Icon name="full-exit" />
        {t("Exit full screen")}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="tool"
      aria-label={t("Full screen")}
      data-tip={t("Full screen")}
      onClick={(event) => void fill(event.currentTarget.closest<HTMLElement>(".stage")!)}
    >
      <Icon name="full" />
    </button>
  );
}

/** Fill the screen; there even the keys that this computer would keep go to the customer. */
async function fill(stage: HTMLElement): Promise<void> {
  await stage.requestFullscreen();
  stage.querySelector<HTMLElement>(".keys")?.focus();
  const keyboard = (navigator as { keyboard?: { lock?: () => Promise<void> } }).keyboard;
  await keyboard?.lock?.();
}
