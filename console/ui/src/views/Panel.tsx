import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { engineThere, playFile, relayNow } from "../state/console";
import { fields, fieldValue, nameWord } from "../state/fields";
import { customerOf, lasted, typeWord } from "../state/groups";
import type { OpenSession, Tab } from "../state/openSession";
import { accessList, eventSentence, fileOf, sessionWord } from "../texts/sentences";
import { languageName, span, t, timeOfDay } from "../texts/texts";
import type { ChatLine, Event } from "../wire/page.gen";
import { Composer } from "./Composer";
import { Notes } from "./Notes";
import { Icon } from "./parts";

const MARKS: Partial<Record<Event, string>> = {
  allowed: "check",
  words_compared: "shield",
  words_differ: "shield-x",
  refused_secret: "shield-x",
  refused_burnt: "shield-x",
  secret_unconfirmed: "shield-x",
  refused_changed: "shield-x",
  refused_reloads: "shield-x",
  refused_unconfirmed: "shield-x",
  stopped_by_key: "x",
  stopped_by_button: "x",
  declined: "x",
  asked_wish: "camera",
  declined_wish: "x",
  photo_sent: "camera",
  not_permitted: "lock",
  asked_record: "record",
  recording_began: "record",
  recording_kept: "record",
  recording_saved: "record",
  recording_partly: "record",
  recording_failed: "x",
  recording_needed: "lock",
};

/** Beside the picture: the conversation, what happened, and what is known of the session. */
export function Panel({ openSession, session }: { openSession: OpenSession; session: Session | undefined }) {
  const customer = customerOf(session);
  const shown = openSession.panel.value;
  if (shown === undefined) return null;
  return (
    <aside class="panel" aria-label={t("Session panel")}>
      <div class="row panel-tabs">
        <div class="tabs grow" role="tablist" aria-label={t("Session panel")}>
          {(["chat", "notes", "events", "details"] as const).map((each) => (
            <button
              type="button"
              key={each}
              class="tab"
              role="tab"
              aria-selected={shown === each}
              onClick={() => openSession.show(each)}
            >
              {tabWord(each)}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="icon-btn"
          aria-label={t("Close the panel")}
          data-tip={t("Close the panel")}
          onClick={() => openSession.show(undefined)}
        >
          <Icon name="x" />
        </button>
      </div>
      {shown === "chat" && <Chat openSession={openSession} customer={customer} />}
      {shown === "notes" && <Notes openSession={openSession} session={session} />}
      {shown === "events" && <Events openSession={openSession} customer={customer} />}
      {shown === "details" && <Details openSession={openSession} session={session} />}
    </aside>
  );
}

function tabWord(tab: Tab): string {
  return { chat: t("Chat"), notes: t("Notes"), events: t("Events"), details: t("Details") }[tab];
}

function Chat({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const said = openSession.lines.value.filter((line) => line.who !== "system");
  return (
    <>
      <Log label={t("Chat")} follow={[said.at(-1)?.number, openSession.types.value]}>
        {said.length === 0 && !openSession.over.value && (
          <p class="chat-none">{t("Messages between you and {name} appear here.", { name: customer })}</p>
        )}
        {said.map((line) => (
          <Message key={line.number} line={line} customer={customer} />
        ))}
        {openSession.types.value && (
          <p class="typing">
            <span aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {t("{name} is typing", { name: customer })}
          </p>
        )}
      </Log>
      {!engineThere.value ? (
        <p class="chat-none">{t("Deskside Console is not running, so nothing can be sent.")}</p>
      ) : openSession.over.value ? (
        <p class="chat-none">{t("The session has ended. Nothing more can be sent.")}</p>
      ) : (
        <Composer openSession={openSession} customer={customer} />
      )}
    </>
  );
}

function Events({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const events = openSession.lines.value.filter((line) => line.who === "system");
  return (
    <Log label={t("Events")} follow={[events.at(-1)?.number]}>
      {events.map((line) => (
        <Happened key={line.number} line={line} customer={customer} />
      ))}
    </Log>
  );
}

interface LogProps {
  label: string;
  /** What makes it scroll to its end. */
  follow: readonly unknown[];
  children: ComponentChildren;
}

function Log({ label, follow, children }: LogProps) {
  const log = useRef<HTMLDivElement>(null);
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });
  useLayoutEffect(toEnd, follow);
  useLayoutEffect(() => {
    void document.fonts.ready.then(toEnd); // lines break differently in another font
  }, []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div class="chat" role="log" aria-label={label} ref={log} tabIndex={0}>
      <span class="grow" />
      {children}
    </div>
  );
}

function Happened({ line, customer }: { line: ChatLine; customer: string }) {
  return (
    <p class="sys">
      <Icon name={(line.event && MARKS[line.event]) ?? "info"} />
      <span>
        {eventSentence(line, customer)}
        {line.event === "recording_kept" && (
          <button type="button" class="btn btn--s sys-play" onClick={() => void playFile(fileOf(line.detail ?? ""))}>
            <Icon name="play" />
            {t("Play")}
          </button>
        )}
      </span>
      <time>{timeOfDay(new Date(line.at))}</time>
    </p>
  );
}

function Message({ line, customer }: { line: ChatLine; customer: string }) {
  const at = timeOfDay(new Date(line.at));
  const mine = line.who === "technician";
  const name = mine ? line.by : customer;
  return (
    <div class={`msg${mine ? " msg--me" : ""}`}>
      <span class="who">
        {name && (
          <b>
            <bdi>{name}</bdi>
          </b>
        )}{" "}
        {at}
      </span>
      <div class="bubble" dir="auto">
        {line.text}
      </div>
    </div>
  );
}

/** What is known of a session, and what it is called. */
type Row = [name: string, value: string | undefined];

function Details({ openSession, session }: { openSession: OpenSession; session: Session | undefined }) {
  const computer = openSession.computer.value;
  const time = session && lasted(session, relayNow.value);
  const rows: Row[] = [
    [nameWord(), customerOf(session)],
    ...fields.value.slice(1).map((field): Row => [field.label, session && fieldValue(session, field.number)]),
    [t("Channel"), session?.channel?.name],
    [t("Session type"), (session && typeWord(session)) || undefined],
    [session?.kind === "page" ? t("Browser") : t("Computer"), computer?.name ?? session?.computer],
    [t("System"), computer?.system ?? session?.system],
    [t("Language"), computer && languageName(computer.language)],
    [t("Stop key"), computer?.stop_key],
    [t("Duration"), time === undefined ? undefined : span(time)],
    [t("State"), session && sessionWord(session)],
    [t("PIN"), session?.pin ?? undefined],
    [t("Allowed"), accessList([...openSession.granted.value])],
    [t("Displays"), openSession.displays.value.map((display) => `${display.width} × ${display.height}`).join(", ")],
  ];
  return (
    <dl class="facts details" tabIndex={0}>
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => [
          <dt key={`${name}-name`} dir="auto">
            {name}
          </dt>,
          <dd key={name}>
            <bdi>{value}</bdi>
          </dd>,
        ])}
    </dl>
  );
}
