import {
  browse,
  current,
  desk,
  making,
  manage,
  openSessions,
  relay,
  sessions,
  show,
  signOut,
  tabs,
} from "../state/console";
import { customerOf } from "../state/groups";
import { railRoom } from "../state/layout";
import { browsing } from "../state/recordings";
import { managing } from "../state/replies";
import { own } from "../state/technicians";
import { hasFailed, sessionWord } from "../texts/sentences";
import { statusWord } from "../texts/technicians";
import { LANGUAGES, language, speak, t } from "../texts/texts";
import { NotifyingItems } from "./NotifyingItems";
import { Avatar, Heading, Icon, Item, LinkItem, Menu, State } from "./parts";
import { ColleaguesButton, Own, StatusItems } from "./Technicians";
import { setTheme, THEMES, theme, themeWord } from "./theme";
import { UploadsButton } from "./Uploads";

/** The ways through the console. `listed`: the open sessions are in the list beside it, so they are not repeated here. */
export function Rail({ listed }: { listed: boolean }) {
  const waiting = [...sessions.value.values()].filter((session) => session.state === "waiting").length;
  const name = desk.value?.person.name ?? "";
  const status = own.value && statusWord(own.value.status);
  const you = status === undefined ? t("You: {name}", { name }) : t("You: {name}, {status}", { name, status });
  return (
    <nav class="rail" aria-label={t("Console")}>
      <span class="rail-logo">
        <svg class="mark" aria-hidden="true">
          <use href="#mark" />
        </svg>
      </span>
      <button
        type="button"
        class="rail-btn"
        aria-current={current.value === undefined && !browsing.value && !managing.value ? "page" : undefined}
        aria-label={waiting > 0 ? t("All sessions, {count} waiting", { count: waiting }) : t("All sessions")}
        data-tip={t("All sessions")}
        onClick={() => show(undefined)}
      >
        <Icon name="monitor" size="l" />
        {waiting > 0 && (
          <span class="badge" aria-hidden="true">
            {waiting}
          </span>
        )}
      </button>
      {!listed && tabs.value.length > 0 && <OpenSessions />}
      {!listed && current.value !== undefined && (
        <button
          type="button"
          class="rail-btn"
          aria-label={t("New session")}
          data-tip={t("New session")}
          onClick={() => {
            making.value = true;
          }}
        >
          <Icon name="plus" size="l" />
        </button>
      )}
      <button
        type="button"
        class="rail-btn"
        aria-current={browsing.value ? "page" : undefined}
        aria-label={t("Recordings")}
        data-tip={t("Recordings")}
        onClick={browse}
      >
        <Icon name="record" size="l" />
      </button>
      <ColleaguesButton />
      <button
        type="button"
        class="rail-btn"
        aria-current={managing.value ? "page" : undefined}
        aria-label={t("Predefined replies")}
        data-tip={t("Predefined replies")}
        onClick={manage}
      >
        <Icon name="note" size="l" />
      </button>
      <UploadsButton />
      <span class="grow" />
      <Menu label={t("Appearance and language")} class="rail-btn" button={<Icon name="settings" size="l" />}>
        <Heading>{t("Appearance")}</Heading>
        {THEMES.map((each) => (
          <Item key={each} chosen={theme.value === each} choose={() => setTheme(each)}>
            {themeWord(each)}
          </Item>
        ))}
        <hr />
        <Heading>{t("Language")}</Heading>
        {LANGUAGES.map(([code, word]) => (
          <Item key={code} chosen={language.value === code} choose={() => speak(code)}>
            <span lang={code}>{word}</span>
          </Item>
        ))}
        <hr />
        <NotifyingItems />
      </Menu>
      <Menu label={you} class="rail-me" button={<Own name={name} />}>
        <p class="menu-head">
          <b>
            <bdi>{name}</bdi>
          </b>
          <span class="second">{desk.value?.organisation}</span>
        </p>
        <StatusItems />
        <LinkItem href={`${relay.value}/account`}>{t("My account")}</LinkItem>
        <LinkItem href={`${relay.value}/admin`}>{t("Admin Center")}</LinkItem>
        <hr />
        <Item choose={() => void signOut()}>{t("Sign out")}</Item>
      </Menu>
    </nav>
  );
}

/** The open sessions, while their list is folded away: the one in front is among them however many there are. */
function OpenSessions() {
  const all = tabs.value;
  const fits = all.length <= railRoom.value;
  const first = all.slice(0, fits ? all.length : railRoom.value);
  const front = current.value;
  const shown = front === undefined || first.includes(front) ? first : [...first.slice(0, -1), front];
  return (
    <nav class="rail-sessions" aria-label={t("Open sessions")}>
      {shown.map((id) => {
        const session = sessions.value.get(id);
        const there = openSessions.value.get(id);
        const unread = there?.unread.value ?? 0;
        const name = customerOf(session);
        const facts = [
          name,
          session && sessionWord(session),
          there?.recorded.value !== undefined && t("recording"),
          unread > 0 && t("{count} unread", { count: unread }),
        ];
        return (
          <button
            type="button"
            key={id}
            class="rail-btn rail-session"
            aria-current={current.value === id ? "page" : undefined}
            aria-label={facts.filter(Boolean).join(", ")}
            data-tip={name}
            onClick={() => show(id)}
          >
            <Avatar name={name} />
            {unread > 0 ? (
              <span class="badge" aria-hidden="true">
                {unread}
              </span>
            ) : (
              session !== undefined && (
                <span class="rail-state" aria-hidden="true">
                  <State state={session.state} failed={hasFailed(session)} />
                </span>
              )
            )}
            {there?.recorded.value !== undefined && <span class="rec-dot" aria-hidden="true" />}
          </button>
        );
      })}
      {!fits && (
        <button
          type="button"
          class="rail-btn"
          aria-label={t("{count} more open sessions", { count: all.length - shown.length })}
          data-tip={t("{count} more open sessions", { count: all.length - shown.length })}
          onClick={() => show(undefined)}
        >
          +{all.length - shown.length}
        </button>
      )}
    </nav>
  );
}
