import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { close, compared, end, engineThere, relayNow, sessions } from "../state/console";
import { customerOf, lasted } from "../state/groups";
import { change, handing, mayHandOver, mayHold } from "../state/handOver";
import { listOpen, toggleList } from "../state/layout";
import type { OpenSession } from "../state/openSession";
import { eventSentence, hasFailed, sessionWord, stateWord } from "../texts/sentences";
import { span, t } from "../texts/texts";
import { Icon, Question, State } from "./parts";

interface HeadProps {
  openSession: OpenSession;
  session: Session | undefined;
}

/** Whose session this is, what has just happened in it, the words to compare, and how it ends. */
export function SessionHead({ openSession, session }: HeadProps) {
  const customer = customerOf(session);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) title.current?.focus();
  }, [openSession.id]);
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
        <h1 class="cut" tabIndex={-1} ref={title}>
          <bdi>{customer}</bdi>
        </h1>
        <Second openSession={openSession} session={session} customer={customer} />
      </div>
      {engineThere.value && <Words openSession={openSession} customer={customer} />}
      {engineThere.value && session !== undefined && !openSession.over.value && <Whole session={session} />}
      <ChatButton openSession={openSession} />
      {engineThere.value && !openSession.over.value && (
        <button
          type="button"
          class="icon-btn"
          aria-label={t("Close this view and continue the session")}
          data-tip={t("Close this view and continue the session")}
          onClick={() => close(openSession.id)}
        >
          <Icon name="x" />
        </button>
      )}
      {engineThere.value && <End openSession={openSession} customer={customer} />}
    </header>
  );
}

/** What can be done with the session as a whole. */
function Whole({ session }: { session: Session }) {
  return (
    <>
      {mayHold(session) && (
        <button
          type="button"
          class="icon-btn"
          aria-label={t("Put on hold")}
          data-tip={t("Put on hold")}
          onClick={() => void change(session.id, "hold")}
        >
          <Icon name="pause" />
        </button>
      )}
      {mayHandOver(session) && (
        <button
          type="button"
          class="icon-btn"
          aria-label={t("Transfer…")}
          data-tip={t("Transfer…")}
          onClick={() => {
            handing.value = session.id;
          }}
        >
          <Icon name="transfer" />
        </button>
      )}
    </>
  );
}

/** The line under the name: what has just happened, else which computer it is. */
function Second({ openSession, session, customer }: HeadProps & { customer: string }) {
  const time = session === undefined ? undefined : lasted(session, relayNow.value);
  const system = openSession.computer.value?.system || session?.system;
  const news = openSession.news.value === undefined ? "" : eventSentence(openSession.news.value, customer);
  // Without the relay nothing says that the customer has gone, but nothing comes from them either.
  const isCut = openSession.connected.value?.path === "lost" && session?.state === "active";
  const computer = [session?.computer, system].filter(Boolean).join(" · ");
  if (!engineThere.value) {
    return (
      <div class="sub">
        <State state="offline">
          <span class="plain">{t("Not known while Deskside Console is not running")}</span>
        </State>
      </div>
    );
  }
  return (
    <div class="sub">
      {session !== undefined && (
        <State state={isCut ? "reconnecting" : session.state} failed={hasFailed(session)}>
          <span class="plain">
            {isCut ? stateWord("reconnecting") : sessionWord(session)} {time !== undefined && <time>{span(time)}</time>}
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
export function ChatButton({ openSession, look = "icon-btn" }: { openSession: OpenSession; look?: string }) {
  const unread = openSession.unread.value;
  const name = unread > 0 ? t("Chat and details, {count} unread", { count: unread }) : t("Chat and details");
  const opened = openSession.panel.value !== undefined;
  return (
    <button
      type="button"
      class={look}
      aria-pressed={opened}
      aria-label={name}
      data-tip={name}
      onClick={() => openSession.show(opened && unread === 0 ? undefined : "chat")}
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

function End({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const asking = useSignal(false);
  const stop = () => {
    asking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="btn"
        onClick={() => {
          if (openSession.over.value) close(openSession.id);
          else asking.value = true;
        }}
      >
        {openSession.over.value ? t("Close") : t("End session")}
      </button>
      {asking.value && (
        <Question
          title={t("End the session with {name}?", { name: customer })}
          no={t("Continue session")}
          yes={t("End session")}
          act={() => void end(openSession.id)}
          close={stop}
        >
          <p class="second">
            {sessions.value.get(openSession.id)?.channel == null
              ? t("It ends for both of you. To connect again the customer needs a new PIN or link.")
              : t("It ends for both of you. To connect again the customer opens the channel’s link.")}
          </p>
        </Question>
      )}
    </>
  );
}

function Words({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const connected = openSession.connected.value;
  if (connected?.check == null || openSession.over.value) return null;
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
  return <OpenWords openSession={openSession} customer={customer} words={words} />;
}

/** The words while nobody has compared them: what to do with them, and what to press then. */
function OpenWords({ openSession, customer, words }: { openSession: OpenSession; customer: string; words: string }) {
  const differ = useSignal(false);
  const close = () => {
    differ.value = false;
  };
  const hint = t("If you both see the same words, the connection is secure.");
  return (
    <span class="words words--open">
      <span class="words-ask cut" id="words-ask">
        {t("Does {name} see these words?", { name: customer })}
      </span>
      <b class="ltr" data-tip={hint}>
        {words}
      </b>
      <button
        type="button"
        class="btn btn--s"
        aria-label={`${t("They match")}: ${words}`}
        aria-describedby="words-ask"
        onClick={() => compared(openSession.id)}
      >
        {t("They match")}
      </button>
      <button
        type="button"
        class="btn btn--s btn--quiet-danger"
        onClick={() => {
          differ.value = true;
        }}
      >
        {t("They differ")}
      </button>
      {differ.value && (
        <Question
          title={t("Do the words differ?")}
          yes={t("End session now")}
          act={() => void end(openSession.id, true)}
          close={close}
        >
          <p class="second">
            {t(
              "Different words mean that someone may be listening in between. End the session, tell {name} not to enter anything, and tell your administrator.",
              { name: customer },
            )}
          </p>
        </Question>
      )}
    </span>
  );
}
