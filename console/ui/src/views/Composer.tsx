import { CHAT_CHARACTERS } from "@deskside/codec/wire/messages";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { manage, say } from "../state/console";
import { has, maySwitchChat } from "../state/functions";
import type { OpenSession } from "../state/openSession";
import { matching, replies, slashIn } from "../state/replies";
import { toast } from "../state/toasts";
import { t } from "../texts/texts";
import type { Reply } from "../wire/page.gen";
import { Icon } from "./parts";
import { SendPage } from "./SendPage";

const TYPING_MS = 3_000;
const LIST = "reply-list";

/** Where the technician writes. A slash finds predefined replies. */
export function Composer({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const silence = useRef<number | undefined>(undefined);
  const caret = useSignal(openSession.draft.value.length);
  const chosen = useSignal(0);
  const sending = useSignal(false);
  /** The text at which the list was closed: it stays closed until something else is searched for. */
  const closedAt = useSignal<string | undefined>(undefined);
  const before = openSession.draft.value.slice(0, caret.value);
  const slash = closedAt.value === before ? undefined : slashIn(before);
  const found = slash === undefined ? [] : matching(replies.value, slash.search);
  const place = Math.min(chosen.value, found.length - 1);
  const stopTyping = () => {
    clearTimeout(silence.current);
    if (silence.current !== undefined) openSession.send({ kind: "typing", on: false });
    silence.current = undefined;
  };
  useEffect(() => stopTyping, []);
  useEffect(() => document.getElementById(`${LIST}-${place}`)?.scrollIntoView({ block: "nearest" }), [place]);
  const send = () => {
    const text = openSession.draft.value.trim();
    if (text === "") return;
    stopTyping();
    if (say(openSession.id, text)) openSession.draft.value = "";
    else toast(t("Deskside Console does not answer. Your text is kept. Send it again in a moment."));
  };
  const typed = (text: string, at: number) => {
    openSession.draft.value = text;
    caret.value = at;
    chosen.value = 0;
    if (silence.current === undefined) openSession.send({ kind: "typing", on: true });
    clearTimeout(silence.current);
    silence.current = setTimeout(stopTyping, TYPING_MS);
  };
  /** Put this in the place of what was searched for, and let the technician go on behind it. */
  const insert = (text: string, at = slash?.at ?? caret.value) => {
    const whole = (before.slice(0, at) + text + openSession.draft.value.slice(caret.value)).slice(0, CHAT_CHARACTERS);
    const end = Math.min(at + text.length, whole.length);
    typed(whole, end);
    const there = field.current!;
    there.value = whole;
    there.focus();
    there.setSelectionRange(end, end);
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (found.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) chosen.value = (place + step + found.length) % found.length;
      else if (event.key === "Enter" || event.key === "Tab") insert(found[place]!.content);
      else if (event.key === "Escape") closedAt.value = before;
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
  const offer = () => {
    closedAt.value = undefined;
    if (replies.value.length === 0) manage();
    else if (found.length === 0) insert(before === "" || /\s$/.test(before) ? "/" : " /", caret.value);
    field.current?.focus();
  };
  return (
    <div class="composer">
      {found.length > 0 && <Offered found={found} place={place} insert={(reply) => insert(reply.content)} />}
      <textarea
        class="text"
        ref={field}
        dir="auto"
        rows={2}
        maxLength={CHAT_CHARACTERS}
        aria-label={t("Message to {name}", { name: customer })}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={found.length > 0 ? LIST : undefined}
        aria-activedescendant={found.length > 0 ? `${LIST}-${place}` : undefined}
        placeholder={openSession.chatOn.value ? t("Message to {name}", { name: customer }) : t("The chat is off")}
        value={openSession.draft}
        disabled={!openSession.chatOn.value}
        onInput={({ currentTarget: { value, selectionStart } }) => typed(value, selectionStart)}
        onSelect={({ currentTarget }) => {
          caret.value = currentTarget.selectionStart;
        }}
        onKeyDown={keyed}
      />
      <span class="sr" role="status">
        {found.length > 0 ? t("Predefined replies: {count}", { count: found.length }) : ""}
      </span>
      <div class="foot">
        <button
          type="button"
          class="icon-btn"
          aria-label={t("Insert a predefined reply")}
          data-tip={t("Insert a predefined reply ( / )")}
          disabled={!openSession.chatOn.value}
          onClick={offer}
        >
          <Icon name="note" />
        </button>
        {has("send_urls") && (
          <button
            type="button"
            class="icon-btn"
            aria-label={t("Send a web page")}
            data-tip={t("Send a web page")}
            disabled={!openSession.chatOn.value}
            onClick={() => {
              sending.value = true;
            }}
          >
            <Icon name="link" />
          </button>
        )}
        {maySwitchChat(openSession.id) && (
          <button
            type="button"
            class="btn btn--s"
            onClick={() => openSession.send({ kind: "switch_chat", on: !openSession.chatOn.value })}
          >
            {openSession.chatOn.value ? t("Turn the chat off") : t("Turn the chat on")}
          </button>
        )}
        <span class="grow" />
        <button
          type="button"
          class="send"
          aria-label={t("Send")}
          data-tip={t("Send")}
          disabled={!openSession.chatOn.value}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
      {sending.value && (
        <SendPage
          openSession={openSession}
          customer={customer}
          close={() => {
            sending.value = false;
          }}
        />
      )}
    </div>
  );
}

interface OfferedProps {
  found: readonly Reply[];
  place: number;
  insert: (reply: Reply) => void;
}

/** What was found. The keys go to the text all the while. */
function Offered({ found, place, insert }: OfferedProps) {
  return (
    <div class="offered pop">
      <div id={LIST} role="listbox" aria-label={t("Predefined replies")}>
        {found.map((reply, at) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus, and names the one that is chosen
          // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are the text's
          <div
            key={reply.id}
            id={`${LIST}-${at}`}
            class="offer"
            role="option"
            aria-selected={at === place}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => insert(reply)}
          >
            <b class="cut" dir="auto">
              {reply.name}
            </b>
            <span class="cut second" dir="auto">
              {reply.content}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
