import { useSignal } from "@preact/signals";
import { close, compared, current, end, now, rooms, sessions, show, tabs } from "../state/console";
import { customerOf } from "../state/groups";
import type { Room } from "../state/room";
import { stateWord } from "../texts/sentences";
import { span, t } from "../texts/texts";
import type { Session } from "../wire/page.gen";
import { Panel } from "./Panel";
import { Avatar, Dialog, Icon, State } from "./parts";
import { Viewer } from "./Viewer";

/** The open sessions as tabs, and the one in front. */
export function SessionView({ room }: { room: Room }) {
  const session = sessions.value.get(room.id);
  const folded = useSignal(innerWidth < 1100);
  return (
    <main class="main">
      <Strip />
      <Head room={room} session={session} folded={folded} />
      <div class={`stage${folded.value ? " stage--folded" : ""}`}>
        <Viewer key={room.id} room={room} customer={customerOf(session)} />
        <Panel key={`panel-${room.id}`} room={room} session={session} />
      </div>
    </main>
  );
}

function Strip() {
  return (
    <nav class="strip" aria-label={t("Open sessions")}>
      {tabs.value.map((id) => {
        const session = sessions.value.get(id);
        const unread = rooms.value.get(id)?.unread.value ?? 0;
        const shown = current.value === id;
        const recorded = rooms.value.get(id)?.recorded.value !== undefined;
        return (
          <div class="strip-tab" key={id} data-selected={shown}>
            <button
              type="button"
              class="strip-name cut"
              aria-current={shown ? "page" : undefined}
              onClick={() => show(id)}
            >
              {session !== undefined && <State state={session.state} />}
              <bdi class="cut">{customerOf(session)}</bdi>
              {recorded && <span class="rec-dot" role="img" aria-label={t("Recording")} title={t("Recording")} />}
              {unread > 0 && <span class="badge">{unread}</span>}
            </button>
            <button
              type="button"
              class="close"
              aria-label={t("Close tab; the session goes on")}
              onClick={() => close(id)}
            >
              <Icon name="x" />
            </button>
          </div>
        );
      })}
    </nav>
  );
}

interface HeadProps {
  room: Room;
  session: Session | undefined;
  folded: { value: boolean };
}

function Head({ room, session, folded }: HeadProps) {
  const ending = useSignal(false);
  const customer = customerOf(session);
  const since = session === undefined ? 0 : (now.value - Date.parse(session.since)) / 1000;
  const system = room.computer.value?.system || session?.system;
  return (
    <header class="sess-head">
      <Avatar name={customer} size="l" />
      <div class="grow">
        <h2 class="cut">
          <bdi>{customer}</bdi>
        </h2>
        <div class="sub">
          {session !== undefined && (
            <State state={session.state}>
              <span class="plain">
                {stateWord(session.state)} <time>{span(since)}</time>
              </span>
            </State>
          )}
          {session?.computer && <bdi class="cut">· {session.computer}</bdi>}
          {system && <bdi class="cut">· {system}</bdi>}
        </div>
      </div>
      <Words room={room} customer={customer} />
      <button
        type="button"
        class="icon-btn"
        aria-pressed={!folded.value}
        aria-label={t("Chat and details")}
        title={t("Chat and details")}
        onClick={() => {
          folded.value = !folded.value;
        }}
      >
        <Icon name="chat" />
      </button>
      <button
        type="button"
        class="btn"
        disabled={room.over.value}
        onClick={() => {
          ending.value = true;
        }}
      >
        {t("End session")}
      </button>
      {ending.value && (
        <Dialog
          title={t("End the session with {name}?", { name: customer })}
          close={() => {
            ending.value = false;
          }}
          foot={
            <>
              <span class="grow" />
              <button
                type="button"
                class="btn"
                autofocus
                onClick={() => {
                  ending.value = false;
                }}
              >
                {t("Go on")}
              </button>
              <button
                type="button"
                class="btn btn--danger"
                onClick={() => {
                  ending.value = false;
                  void end(room.id);
                }}
              >
                {t("End session")}
              </button>
            </>
          }
        >
          <p class="second">{t("It ends on both sides. For another one the customer needs a new PIN or link.")}</p>
        </Dialog>
      )}
    </header>
  );
}

function Words({ room, customer }: { room: Room; customer: string }) {
  const connected = room.connected.value;
  if (connected?.check == null || room.over.value) return null;
  if (connected.check === "secret") {
    return (
      <span class="words" title={t("A secret in the PIN or link proves that nobody sits in between.")}>
        <Icon name="shield" />
        <b>{t("Verified")}</b>
      </span>
    );
  }
  const words = (connected.words ?? []).join("-");
  if (connected.check === "compared") {
    return (
      <span class="words" title={t("You compared these words with {name}.", { name: customer })}>
        <Icon name="shield" />
        <b class="ltr">{words}</b>
      </span>
    );
  }
  const hint = t("Read these words to {name}. When both see the same, nobody sits in between.", { name: customer });
  return (
    <span class="words words--open" title={hint}>
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
