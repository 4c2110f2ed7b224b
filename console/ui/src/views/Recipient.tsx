import { useEffect, useRef } from "preact/hooks";
import { desk } from "../state/console";
import { t } from "../texts/texts";
import { Icon } from "./parts";

interface Props {
  way: "email" | "sms";
  to: string;
  language: string;
  problem: string | undefined;
  change: (changed: { to?: string; language?: string }) => void;
}

/** To whom the relay sends the link, and in which language. Where it has no mail server, what its operator does. */
export function Recipient({ way, to, language, problem, change }: Props) {
  const sending = desk.value?.sending;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (problem !== undefined) input.current?.focus();
  }, [problem]);
  if (way === "email" && !sending?.mail)
    return (
      <p class="banner">
        <Icon name="info" />
        {t("Our server cannot send e-mail yet. Its operator sets a mail server (smtp_host).")}
      </p>
    );
  const languages = sending?.languages ?? [];
  const chosen = languages.find(({ code }) => code === language);
  return (
    <>
      <div class="field">
        <label class="label" for="send-to">
          {way === "email" ? t("E-mail address of the customer") : t("Mobile number of the customer")}{" "}
          <span class="opt">{t("required")}</span>
        </label>
        <input
          ref={input}
          id="send-to"
          class={`input${problem === undefined ? "" : " is-bad"}`}
          type={way === "email" ? "email" : "tel"}
          list={undefined}
          placeholder={way === "email" ? undefined : "+31 6 12345678"}
          autocomplete="off"
          spellcheck={false}
          maxLength={254}
          required
          dir="ltr"
          value={to}
          aria-invalid={problem !== undefined}
          aria-describedby={problem === undefined ? undefined : "send-to-problem"}
          onInput={(event) => change({ to: event.currentTarget.value })}
        />
        {problem !== undefined && (
          <p class="hint hint--bad" id="send-to-problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {languages.length > 1 && (
        <div class="field">
          <label class="label" for="send-language">
            {t("Language of the customer")}
          </label>
          <select
            id="send-language"
            class="input"
            value={language}
            onChange={(event) => change({ language: event.currentTarget.value })}
          >
            {languages.map(({ code, name }) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <p class="hint">
        {way === "email"
          ? t("Replies go to {address}.", { address: desk.value?.person.email ?? "" })
          : t("{messages} text message, {characters} characters.", {
              messages: chosen?.messages ?? 1,
              characters: chosen?.characters ?? 0,
            })}{" "}
        {t("Our server knows this link, so compare the words with the customer.")}
      </p>
    </>
  );
}
