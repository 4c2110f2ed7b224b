/** The conversation. */

import { CHAT_CHARACTERS } from "@deskside/codec/wire/messages.gen";
import { useEffect, useRef, useState } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import { t, timeOfDay } from "../texts/texts.ts";
import { Icon, Name, rich } from "./parts.tsx";

const TYPES_MILLISECONDS = 3_000;
/** From so many pixels above its end on, the log stays where its reader has scrolled to. */
const AT_END = 40;

/** What is written and not sent yet, by field: a question that takes the place of a field must not lose it. */
const drafts = new Map<string, string>();

interface ChatProps {
  state: UiState;
  intent: JoinSession["intent"];
}

export function Chat({ state, intent }: ChatProps) {
  const technician = <Name>{state.technician}</Name>;
  const log = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useEffect(() => {
    if (follows.current) log.current!.scrollTop = log.current!.scrollHeight;
  }, [state.chat, state.technicianTypes]);
  return (
    <aside class="panel" aria-label={t("Chat")}>
      <h2>{rich(t("Chat with {technician}"), { technician })}</h2>
      <div
        ref={log}
        class="log"
        role="log"
        aria-label={t("Conversation")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: at }) => {
          follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < AT_END;
        }}
      >
        {state.chatKept && (
          <p class="sys">
            {rich(t("{organisation} keeps this conversation"), { organisation: <Name>{state.organisation}</Name> })}
          </p>
        )}
        {state.chatIsCut && <p class="sys">{t("Earlier messages are no longer shown.")}</p>}
        {state.chat.map((line, place) =>
          line.text === "" ? (
            <p key={place} class="sys">
              {rich(t("{technician} is here"), { technician: <Name>{line.by!}</Name> })}
            </p>
          ) : (
            <div key={place} class={`msg${line.mine ? " msg--me" : ""}`}>
              <span class="msg-who">
                <bdi>{line.mine ? t("You") : (line.by ?? state.technician)}</bdi> <time>{timeOfDay(line.at)}</time>
              </span>
              <p dir="auto">{line.link ? <Page address={line.text} /> : linked(line.text, location.origin)}</p>
            </div>
          ),
        )}
        {state.technicianTypes && <p class="sys">{rich(t("{technician} is writing…"), { technician })}</p>}
      </div>
      <Compose state={state} intent={intent} />
    </aside>
  );
}

/** A page that the technician sends: its whole address, which opens when it is chosen. */
function Page({ address }: { address: string }) {
  return (
    <>
      {t("A page for you:")}{" "}
      <a href={address} target="_blank" rel="noopener noreferrer">
        {address}
      </a>
    </>
  );
}

/**
 * Return a line with the links to this page's own host made to work: the technician sends the help program by one.
 * Others stay text: this page cannot tell where they lead.
 */
export function linked(text: string, origin: string) {
  return text.split(/(https?:\/\/\S+)/).map((part) =>
    part.startsWith(`${origin}/`) ? (
      <a href={part} target="_blank" rel="noopener">
        {part}
      </a>
    ) : (
      part
    ),
  );
}

/** Where the customer writes. Enter sends. Without a connection the line waits in the worker until there is one. */
export function Compose({ state, intent, id = "say" }: ChatProps & { id?: string }) {
  const [text, setShown] = useState(drafts.get(id) ?? "");
  const setText = (now: string) => {
    drafts.set(id, now);
    setShown(now);
  };
  const silence = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stopTyping = () => {
    clearTimeout(silence.current);
    if (silence.current !== undefined) intent({ type: "types", on: false });
    silence.current = undefined;
  };
  useEffect(() => () => clearTimeout(silence.current), []);
  const typing = (now: string) => {
    setText(now);
    if (silence.current === undefined) intent({ type: "types", on: true });
    else clearTimeout(silence.current);
    silence.current = setTimeout(stopTyping, TYPES_MILLISECONDS);
  };
  const say = (event: SubmitEvent) => {
    event.preventDefault();
    const line = text.trim();
    if (line === "") return;
    intent({ type: "say", text: line });
    setText("");
    stopTyping();
  };
  const hint = !state.chatOn
    ? t("The chat is off")
    : state.online
      ? t("Write to {technician}", { technician: state.technician })
      : t("Sent when you reconnect");
  return (
    <form class="compose" onSubmit={say}>
      <input
        id={id}
        class="input grow"
        dir="auto"
        autocomplete="off"
        maxLength={CHAT_CHARACTERS}
        disabled={!state.chatOn}
        aria-label={hint}
        placeholder={hint}
        value={text}
        onInput={(event) => typing(event.currentTarget.value)}
      />
      <button type="submit" class="btn btn--send" aria-label={t("Send")} disabled={!state.chatOn}>
        <Icon name="send" size="l" />
      </button>
    </form>
  );
}
