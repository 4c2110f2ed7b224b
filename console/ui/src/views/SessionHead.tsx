import { useSignal } from "@preact/signals";
import { close, compared, end, now } from "../state/console";
import { customerOf } from "../state/groups";
import { listOpen, toggleList } from "../state/layout";
import type { Room } from "../state/room";
import { eventSentence, stateWord } from "../texts/sentences";
import { span, t } from "../texts/texts";
import type { Session } from "../wire/page.gen";
import { Dialog, Icon, State } from "./parts";

interface HeadProps {
  room: Room;
  session: Session | undefined;
}

/** Whose session this is, what has just happened in it, the words to compare, and how it ends. */
export function SessionHead({ room, session }: HeadProps) {
  const customer = customerOf(session);
  const folding = listOpen.value ? t("Hide the session list") : t("Show the session list");
  return (
    <header class="sess-head">
      <button
        type="button"
        class="icon-btn list-toggle"
        aria-expanded={listOpen.value}
        aria-label={folding}
        data-tip={folding}
        onClick={toggleList}
      >
        <Icon name="sidebar" />
      </button>
      <div class="grow">
        <h1 class="cut">
          <bdi>{customer}</bdi>
        </h1>
        <Second room={room} session={session} customer={customer} />
      </div>
      <Words room={room} customer={customer} />
      <ChatButton room={room} />
      <button
        type="button"
        class="icon-btn"
        aria-label={t("Close this view; the session continues")}
        data-tip={t("Close this view; the session continues")}
        onClick={() => close(room.id)}
      >
        <Icon name="x" />
      </button>
      <End room={room} customer={customer} />
    </header>
  );
}

/** The line under the name: what has just happened, else which computer it is. */
function Second({ room, session, customer }: HeadProps & { customer: string }) {
  const since = session === undefined ? 0 : (now.value - Date.parse(session.since)) / 1000;
  const system = room.computer.value?.system || session?.system;
  const news = room.news.value === undefined ? "" : eventSentence(room.news.value, customer);
  const computer = [session?.computer, system].filter(Boolean).join(" · ");
  return (
    <div class="sub">
      {session !== undefined && (
        <State state={session.state}>
          <span class="plain">
            {stateWord(session.state)} <time>{span(since)}</time>
          </span>
        </State>
      )}
      <span class="cut" role="status">
        {news === "" ? computer && <bdi>· {computer}</bdi> : <b class="news">· {news}</b>}
      </span>
    </div>
  );
}

/** Opens the panel beside the picture, and counts what was not read. */
export function ChatButton({ room, look = "icon-btn" }: { room: Room; look?: string }) {
  const unread = room.unread.value;
  const name = unread > 0 ? t("Chat and details, {count} unread", { count: unread }) : t("Chat and details");
  const opened = room.panel.value !== undefined;
  return (
    <button
      type="button"
      class={look}
      aria-pressed={opened}
      aria-label={name}
      data-tip={name}
      onClick={() => room.show(opened && unread === 0 ? undefined : "chat")}
    >
      <Icon name="chat" />
      {unread > 0 && (
        <span class="badge" aria-hidden="true">
          {unread}
        </span>
      )}
    </button>
  );
}

function End({ room, customer }: { room: Room; customer: string }) {
  const asking = useSignal(false);
  const stop = () => {
    asking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="btn"
        disabled={room.over.value}
        onClick={() => {
          asking.value = true;
        }}
      >
        {t("End session")}
      </button>
      {asking.value && (
        <Dialog
          title={t("End the session with {name}?", { name: customer })}
          close={stop}
          foot={
            <>
              <span class="grow" />
              <button type="button" class="btn" autofocus onClick={stop}>
                {t("Continue session")}
              </button>
              <button
                type="button"
                class="btn btn--danger"
                onClick={() => {
                  stop();
                  void end(room.id);
                }}
              >
                {t("End session")}
              </button>
            </>
          }
        >
          <p class="second">{t("It ends for both of you. To connect again the customer needs a new PIN or link.")}</p>
        </Dialog>
      )}
    </>
  );
}

function Words({ room, customer }: { room: Room; customer: string }) {
  const connected = room.connected.value;
  if (connected?.check == null || room.over.value) return null;
  if (connected.check === "secret") {
    return (
      <span class="words" data-tip={t("The secret in the PIN or link proves that the connection is secure.")}>
        <Icon name="shield" />
        <b>{t("Verified")}</b>
      </span>
    );
  }
  const words = (connected.words ?? []).join("-");
  if (connected.check === "compared") {
    return (
      <span class="words" data-tip={t("You compared these words with {name}.", { name: customer })}>
        <Icon name="shield" />
        <b class="ltr">{words}</b>
      </span>
    );
  }
  return (
    <span class="words words--open">
      <b class="ltr">{words}</b>
      <button
        type="button"
        class="btn btn--s"
        aria-label={`${t("They are the same")}: ${words}`}
        onClick={() => compared(room.id)}
      >
        {t("They are the same")}
      </button>
    </span>
  );
}
