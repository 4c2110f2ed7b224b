import { mayAsk } from "../state/functions";
import type { Room } from "../state/room";
import { t } from "../texts/texts";
import type { Access } from "../wire/messages.gen";
import { Empty } from "./parts";

/** Where the picture would be: why there is none, and what to do next. */
export function NoPicture({ room, customer }: { room: Room; customer: string }) {
  if (room.over.value) {
    return (
      <Empty icon="monitor" title={t("The session has ended")}>
        <p>{t("Nobody sees the customer’s screen any more. You can still read the chat and what happened.")}</p>
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
        title={
          asking.seen ? t("Waiting for {name} to answer", { name: customer }) : t("Asking {name}…", { name: customer })
        }
      >
        <p>{t("The customer’s screen shows who you are and what you ask for.")}</p>
        <button type="button" class="btn" onClick={() => room.withdraw()}>
          {t("Cancel request")}
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
  const declined = room.declined.value;
  if (declined !== undefined) {
    return (
      <Empty icon="mask" title={t("{name} said no", { name: customer })}>
        <p>{t("You can ask again, for the same or for less.")}</p>
        <Asks room={room} again={declined} />
      </Empty>
    );
  }
  return (
    <Empty icon="eye" title={t("{name} has not shared the screen", { name: customer })}>
      <p>{t("You see it as soon as the customer allows it.")}</p>
      <Asks room={room} />
    </Empty>
  );
}

/** What may be asked for; `again` is what the customer has just said no to. */
function Asks({ room, again }: { room: Room; again?: Access }) {
  return (
    <div class="row">
      {mayAsk("control") && (
        <button type="button" class="btn btn--primary" onClick={() => room.ask("control")}>
          {again === "control" ? t("Ask for control again") : t("Ask for control")}
        </button>
      )}
      {mayAsk("view") && (
        <button type="button" class={mayAsk("control") ? "btn" : "btn btn--primary"} onClick={() => room.ask("view")}>
          {again === "view" ? t("Ask to view again") : t("Ask to view")}
        </button>
      )}
    </div>
  );
}
