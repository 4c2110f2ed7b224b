/** What is around everything outside of a running session: whose page it is, its language, and where it says more. */

import type { ComponentChildren } from "preact";
import { language, t } from "../texts/texts.ts";
import type { JoinFacts } from "../wire/about.gen.ts";
import { Icon, Name } from "./parts.tsx";

interface FrameProps {
  about: JoinFacts;
  /** The organisation, where a session knows it better. */
  organisation?: string;
  /** What it calls this page, empty where that has no name of its own. */
  application?: string;
  choose: (language: string) => void;
  /** Whether the page itself says how to check who is calling. */
  explains?: boolean;
  /** On the page that tests, which does not lead to itself. */
  isTest?: boolean;
  children: ComponentChildren;
}

export function Frame(props: FrameProps) {
  const { about, organisation = about.organisation, choose, explains = false, isTest = false, children } = props;
  const name = props.application || organisation || "Deskside";
  return (
    <div class="help">
      <header class="help-top">
        {about.logo !== "" && <img class="brand-logo" src={about.logo} alt="" />}
        <span class="cut">
          <Name>{name}</Name>
        </span>
        {about.languages.length > 1 && <Languages about={about} choose={choose} />}
      </header>
      <main class="help-main">{children}</main>
      <footer class="help-foot">
        {!explains && (
          <a href="/how-to-check" target="_blank" rel="noreferrer">
            {t("How to check who is calling")}
          </a>
        )}
        {!isTest && (
          <a href="/check" target="_blank" rel="noreferrer">
            {t("Test your connection")}
          </a>
        )}
        <span class="by">
          <svg class="mark" aria-hidden="true">
            <use href="#mark" />
          </svg>
          {organisation === "" ? "Deskside" : t("Deskside, run by {organisation}", { organisation })}
        </span>
      </footer>
    </div>
  );
}

interface LanguagesProps extends Pick<FrameProps, "about" | "choose"> {
  /** Whether there is no room for the name of the language in use. */
  isBrief?: boolean;
}

export function Languages({ about, choose, isBrief = false }: LanguagesProps) {
  const now = about.languages.find((each) => each.code === language());
  return (
    <details class="languages">
      <summary class="lang">
        <Icon name="globe" />
        <span class="sr">{t("Language:")}</span> <span class={isBrief ? "sr" : ""}>{now?.name}</span>
        {!isBrief && <Icon name="down" size="s" />}
      </summary>
      <nav aria-label={t("Language")}>
        {about.languages.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-current={code === language() ? "true" : undefined}
            onClick={(event) => {
              choose(code);
              const menu = event.currentTarget.closest("details")!;
              menu.open = false;
              menu.querySelector("summary")!.focus();
            }}
          >
            {name}
          </button>
        ))}
      </nav>
    </details>
  );
}
