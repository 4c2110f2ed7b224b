import { type Access, FUNCTIONS } from "@deskside/codec/wire/access.gen";
import { useEffect } from "preact/hooks";
import { askBeyondChat, engineThere, invitations, sessions, startCommand } from "../state/console";
import { beyondChat, canGive, has, mayAsk, needsProgram } from "../state/functions";
import type { OpenSession } from "../state/openSession";
import { eventSentence, extraDigits, pinInGroups } from "../texts/sentences";
import { t } from "../texts/texts";
import { Digits } from "./Digits";
import { Interrupted } from "./Interrupted";
import { Empty } from "./parts";
import { OnlyAPage } from "./SendProgram";

/** Where the picture would be: why there is none, and what to do next. */
export function NoPicture({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const ending = openSession.ending.value;
  if (!engineThere.value) {
    return (
      <Empty icon="power" title={t("Deskside Console is not running")}>
        <p>
          {t("This page cannot tell what becomes of the session. To start the program again, run this in a terminal:")}
        </p>
        <p class="mono ltr">{startCommand.value}</p>
      </Empty>
    );
  }
  const session = sessions.value.get(openSession.id);
  if (session?.state === "transferred") {
    return (
      <Empty icon="transfer" title={t("{by} has the session now", { by: session.technician ?? "" })}>
        <p>{t("The chat and the events are still available.")}</p>
      </Empty>
    );
  }
  if (openSession.over.value) {
    return (
      <Empty icon={openSession.wasShared.value.camera ? "camera" : "monitor"} title={t("The session has ended")}>
        {ending !== undefined && <p>{eventSentence(ending, customer)}</p>}
        <p>
          {unseenSentence(openSession)} {t("The chat and the events are still available.")}
        </p>
      </Empty>
    );
  }
  if (session?.state === "on_hold" || session?.state === "transferring") {
    return <Interrupted session={session} customer={customer} />;
  }
  if (session?.page_closed) {
    return (
      <Empty icon="mask" title={t("{name} closed the page", { name: customer })}>
        <p>{t("You no longer see anything. The session ends soon unless they open the page again.")}</p>
      </Empty>
    );
  }
  const films = openSession.may("camera");
  if (openSession.may("view") && openSession.pictureStopped.value) {
    return (
      <Empty
        icon={films ? "camera" : "monitor"}
        title={films ? t("The camera is no longer shown") : t("The screen is no longer shown")}
      >
        <p>
          {films
            ? t("Showing {name}’s camera would take too much time or memory.", { name: customer })
            : t("Showing {name}’s screen would take too much time or memory.", { name: customer })}{" "}
          {t("The chat and everything else continue.")}
        </p>
        <button type="button" class="btn" onClick={() => openSession.resumePicture()}>
          {films ? t("Show the camera again") : t("Show the screen again")}
        </button>
      </Empty>
    );
  }
  const connected = openSession.connected.value?.encryption;
  if (!connected) {
    return (
      <Empty icon="monitor" title={t("Connecting to {name}…", { name: customer })}>
        <progress class="waiting-bar" aria-label={t("Connecting")} />
        <ExtraDigits session={openSession.id} />
      </Empty>
    );
  }
  const asking = openSession.asking.value;
  if (asking !== undefined) {
    return (
      <Empty
        icon="eye"
        title={
          asking.seen ? t("Waiting for {name} to answer", { name: customer }) : t("Asking {name}…", { name: customer })
        }
      >
        <p>{t("The customer sees who you are and what you request.")}</p>
        <button type="button" class="btn" onClick={() => openSession.withdraw()}>
          {t("Cancel request")}
        </button>
      </Empty>
    );
  }
  if (!has(FUNCTIONS.view) && !has(FUNCTIONS.control) && !mayAsk("camera", openSession.id)) {
    return (
      <Empty icon="lock" title={t("Your group cannot view screens")}>
        <p>{t("An administrator can give your group permission to view or control.")}</p>
      </Empty>
    );
  }
  if (!canGive("view", openSession.id) && !mayAsk("camera", openSession.id))
    return <ChatOnly openSession={openSession} customer={customer} />;
  const declined = openSession.declined.value;
  if (declined !== undefined) {
    return (
      <Empty icon="mask" title={t("{name} said no", { name: customer })}>
        <p>{t("You can send the same request again, or a smaller one.")}</p>
        <Asks openSession={openSession} customer={customer} again={declined} />
      </Empty>
    );
  }
  const stopped = openSession.stoppedByCustomer.value;
  if (stopped !== undefined) {
    return (
      <Empty
        icon="mask"
        title={
          stopped === "screen"
            ? t("{name} stopped showing the screen", { name: customer })
            : t("{name} stopped showing the camera", { name: customer })
        }
      >
        <p>{t("You no longer see anything. You can send another request.")}</p>
        <Asks openSession={openSession} customer={customer} />
      </Empty>
    );
  }
  return (
    <Empty
      icon={canGive("view", openSession.id) ? "eye" : "camera"}
      title={
        canGive("view", openSession.id)
          ? t("{name} is not sharing the screen", { name: customer })
          : t("{name} joined on a device that can show its camera", { name: customer })
      }
    >
      <p>
        {canGive("view", openSession.id)
          ? t("The screen appears as soon as the customer allows it.")
          : t("The camera’s picture appears as soon as the customer allows it.")}
      </p>
      <Asks openSession={openSession} customer={customer} />
    </Empty>
  );
}

/** What the technician can no longer see, or that there was nothing. */
function unseenSentence({ id, wasShared }: OpenSession): string {
  const { screen, camera } = wasShared.value;
  if (screen && camera) return t("You can no longer see the customer’s screen or camera.");
  if (camera) return t("You can no longer see the customer’s camera.");
  if (screen) return t("You can no longer see the customer’s screen.");
  return canGive("view", id) ? t("The customer’s screen was not shared.") : t("The customer showed nothing.");
}

/** What the customer may be asked for now, so that it can be read to them. */
function ExtraDigits({ session: id }: { session: number }) {
  const session = sessions.value.get(id);
  const spoken = session && invitations.value.get(session.code ?? 0)?.spoken;
  const digits = session?.pin && spoken ? extraDigits(spoken, pinInGroups(session.pin)) : "";
  if (digits === "") return null;
  return (
    <div>
      <p>{t("If the customer’s computer asks for the extra digits, read them aloud:")}</p>
      <Digits of={[digits]} label={t("Extra digits")} extra />
    </div>
  );
}

/** There is no picture to come: the two write to each other. */
function ChatOnly({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  useEffect(() => openSession.offerChat(), [openSession]);
  const isLens = sessions.value.get(openSession.id)?.session_type === "lens";
  const more = (["view", "control", "camera"] as const).filter((access) => beyondChat(access, openSession.id));
  return (
    <Empty
      icon={isLens ? "camera" : "chat"}
      title={isLens ? t("{name} has no camera here", { name: customer }) : t("A chat with {name}", { name: customer })}
    >
      {isLens && <p>{t("You can chat. To see something, create a new PIN or link for them to open on a phone.")}</p>}
      {more.length > 0 && (
        <>
          <p>{t("Nothing is seen or controlled. When you need more, {name} is asked first.", { name: customer })}</p>
          <div class="row">
            {more.map((access) => (
              <button type="button" key={access} class="btn" onClick={() => void askBeyondChat(openSession, access)}>
                {{ view: t("Request viewing"), control: t("Request control"), camera: t("Request the camera") }[access]}
              </button>
            ))}
          </div>
        </>
      )}
      {!isLens && !more.includes("control") && <OnlyAPage openSession={openSession} customer={customer} />}
      {openSession.panel.value !== "chat" && (
        <button type="button" class="btn" onClick={() => openSession.show("chat")}>
          {t("Open the chat")}
        </button>
      )}
    </Empty>
  );
}

/** What may be asked for; `again` is what the customer has just said no to. */
function Asks({ openSession, customer, again }: { openSession: OpenSession; customer: string; again?: Access }) {
  const controls = mayAsk("control", openSession.id);
  return (
    <>
      <div class="row">
        {controls && (
          <button type="button" class="btn btn--primary" onClick={() => openSession.ask("control")}>
            {again === "control" ? t("Request control again") : t("Request control")}
          </button>
        )}
        {mayAsk("view", openSession.id) && (
          <button type="button" class={controls ? "btn" : "btn btn--primary"} onClick={() => openSession.ask("view")}>
            {again === "view" ? t("Request viewing again") : t("Request viewing")}
          </button>
        )}
        {mayAsk("camera", openSession.id) && (
          <button
            type="button"
            class={mayAsk("view", openSession.id) ? "btn" : "btn btn--primary"}
            onClick={() => openSession.ask("camera")}
          >
            {again === "camera" ? t("Request the camera again") : t("Request the camera")}
          </button>
        )}
      </div>
      {needsProgram("control", openSession.id) && <OnlyAPage openSession={openSession} customer={customer} />}
    </>
  );
}
