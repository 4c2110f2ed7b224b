/** The technician's mouse and keyboard on the customer's computer. What they do over the picture is in input/hands.ts. */

import { FUNCTIONS } from "@deskside/codec/wire/access.gen";
import { useSignal } from "@preact/signals";
import { combination, SPECIAL_KEYS } from "../../input/keyboard";
import { has, mayAsk, needsProgram } from "../../state/functions";
import { t } from "../../texts/texts";
import { backToPicture, Icon, Item, Menu } from "../../views/parts";
import { SendProgram } from "../../views/SendProgram";
import { TypeText } from "../../views/TypeText";
import type { Props, Tool } from "../tool";

export const input: Tool = { name: "input", buttons: { main: Control, more: Keys } };

function Control(props: Props) {
  return (
    <>
      <ControlButton {...props} />
      {(props.openSession.may("control") || has(FUNCTIONS.control)) && <span class="sep" />}
    </>
  );
}

function ControlButton({ openSession, customer }: Props) {
  const asking = openSession.asking.value;
  if (openSession.may("control")) {
    return (
      <button
        type="button"
        class="tool tool--main"
        aria-pressed="true"
        data-tip={t("You control this computer. Click to stop, or press Ctrl+Alt+Home to get your keyboard back.")}
        onClick={() => openSession.send({ kind: "release", access: "control" })}
      >
        <Icon name="cursor" />
        {t("Control")}
      </button>
    );
  }
  if (asking !== undefined) {
    return (
      <button type="button" class="tool" data-tip={t("Cancel request")} onClick={() => openSession.withdraw()}>
        <Icon name="clock" />
        {t("Waiting for {name} to answer", { name: customer })}
      </button>
    );
  }
  if (openSession.may("camera")) return null; // a camera has nothing to click on
  if (needsProgram("control", openSession.id)) return <SendProgram openSession={openSession} customer={customer} />;
  if (!mayAsk("control", openSession.id)) return null;
  return (
    <button type="button" class="tool tool--main" onClick={() => openSession.ask("control")}>
      <Icon name="cursor" />
      {t("Request control")}
    </button>
  );
}

/** The keys that this computer would keep for itself, and texts to be typed. */
function Keys({ openSession, customer }: Props) {
  const typing = useSignal(false);
  if (openSession.may("camera")) return null;
  return (
    <>
      <Menu
        label={t("Special keys and typing")}
        disabled={!openSession.may("control")}
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
              combination(codes).forEach(openSession.send);
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
      {typing.value && (
        <TypeText
          openSession={openSession}
          customer={customer}
          close={() => {
            typing.value = false;
          }}
        />
      )}
    </>
  );
}
