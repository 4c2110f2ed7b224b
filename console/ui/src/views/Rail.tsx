import { browse, current, desk, sessions, show, signOut } from "../state/console";
import { browsing } from "../state/recordings";
import { LANGUAGES, language, speak, t } from "../texts/texts";
import { Avatar, Icon, Item, Menu } from "./parts";
import { setTheme, THEMES, theme, themeWord } from "./theme";
import { UploadsButton } from "./Uploads";

export function Rail() {
  const waiting = [...sessions.value.values()].filter((session) => session.state === "waiting").length;
  const name = desk.value?.person.name ?? "";
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
        aria-current={current.value === undefined && !browsing.value ? "page" : undefined}
        aria-label={waiting > 0 ? t("All sessions, {count} waiting", { count: waiting }) : t("All sessions")}
        title={t("All sessions")}
        onClick={() => show(undefined)}
      >
        <Icon name="monitor" size="l" />
        {waiting > 0 && (
          <span class="badge" aria-hidden="true">
            {waiting}
          </span>
        )}
      </button>
      <button
        type="button"
        class="rail-btn"
        aria-current={browsing.value ? "page" : undefined}
        aria-label={t("Recordings")}
        title={t("Recordings")}
        onClick={browse}
      >
        <Icon name="record" size="l" />
      </button>
      <UploadsButton />
      <span class="grow" />
      <Menu label={t("Look and language")} class="rail-btn" button={<Icon name="settings" size="l" />}>
        {THEMES.map((each) => (
          <Item key={each} chosen={theme.value === each} choose={() => setTheme(each)}>
            {themeWord(each)}
          </Item>
        ))}
        <hr />
        {LANGUAGES.map(([code, word]) => (
          <Item key={code} chosen={language.value === code} choose={() => speak(code)}>
            <span lang={code}>{word}</span>
          </Item>
        ))}
      </Menu>
      <Menu label={t("You: {name}", { name })} class="rail-me" button={<Avatar name={name} size="l" />}>
        <p class="menu-head">
          <b>
            <bdi>{name}</bdi>
          </b>
          <span class="second">{desk.value?.organisation}</span>
        </p>
        <Item choose={() => void signOut()}>{t("Sign out")}</Item>
      </Menu>
    </nav>
  );
}
