import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { choosePassword } from "../state/signIn";
import { type Level, meets } from "../state/strength";
import { passwordProblem } from "../texts/signIn";
import { t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { Icon } from "./parts";
import { Refusal } from "./SignIn";

/** Choose the password that is due, in place: the rules are checked while it is typed, the rest by the relay. */
export function NewPassword({ least, onAgain }: { least: string; onAgain: () => void }) {
  const typed = useSignal("");
  const repeated = useSignal("");
  const shown = useSignal(false);
  const busy = useSignal(false);
  const failed = useSignal<Failed | undefined>(undefined);
  const differ = useSignal(false);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  useEffect(() => {
    if (first.current) first.current.type = shown.value ? "text" : "password";
  }, [shown.value]);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    differ.value = !shown.value && typed.value !== repeated.value;
    failed.value = undefined;
    if (differ.value) {
      second.current?.focus();
      return;
    }
    busy.value = true;
    failed.value = await choosePassword(typed.value);
    busy.value = false;
    if (failed.value !== undefined) first.current?.focus();
  };
  const problem = failed.value?.field === "password" ? passwordProblem(failed.value) : "";
  const rules = meets(typed.value, least as Level);
  return (
    <form class="gate-card" onSubmit={submit}>
      <svg class="mark" aria-hidden="true">
        <use href="#mark" />
      </svg>
      <h1>{t("Choose a new password")}</h1>
      <p class="second">{t("Your password was set by an administrator, is too old, or is no longer strong enough.")}</p>
      {failed.value !== undefined && problem === "" && <Refusal failed={failed.value} />}
      <PasswordField
        name="new"
        label={t("New password")}
        field={first}
        typed={typed}
        bad={problem !== ""}
        about="rules problem"
      />
      <ul class="rules" id="rules">
        {rules.map(({ rule, met }) => (
          <li key={rule} class={met ? "is-met" : ""}>
            <Icon name={met ? "check" : "minus"} />
            {ruleText(rule)}
            <span class="sr">{met ? t("(fulfilled)") : t("(not yet)")}</span>
          </li>
        ))}
      </ul>
      <p class="hint hint--bad" id="problem" role="alert">
        {problem}
      </p>
      {!shown.value && (
        <PasswordField
          name="repeat"
          label={t("Repeat the new password")}
          field={second}
          typed={repeated}
          bad={differ.value}
          about="differ"
        />
      )}
      <p class="hint hint--bad" id="differ" role="alert">
        {differ.value ? t("The two are not the same. Type the new password again.") : ""}
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={shown.value}
          onChange={(event) => {
            shown.value = event.currentTarget.checked;
          }}
        />
        {t("Show the password")}
      </label>
      <button type="submit" class="btn btn--primary btn--l" disabled={busy.value}>
        {busy.value ? t("Signing in…") : t("Save and sign in")}
      </button>
      <button type="button" class="btn btn--quiet" onClick={onAgain}>
        {t("Start again")}
      </button>
    </form>
  );
}

interface FieldProps {
  name: string;
  label: string;
  field: RefObject<HTMLInputElement | null>;
  typed: Signal<string>;
  bad: boolean;
  /** The ids of what describes it. */
  about: string;
}

function PasswordField({ name, label, field, typed, bad, about }: FieldProps) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        class="input"
        name={name}
        type="password"
        autocomplete="new-password"
        required
        dir="ltr"
        ref={field}
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        aria-invalid={bad || undefined}
        aria-describedby={about}
      />
    </label>
  );
}

function ruleText(rule: string): string {
  switch (rule) {
    case "length":
      return t("At least 8 characters");
    case "three":
      return t("Three of these: lower-case letters, capitals, digits, special characters");
    case "four":
      return t("Lower-case letters, capitals, digits and special characters");
    case "strong":
      return t("All four kinds of characters, or three kinds and none twice");
    default:
      return t("No character twice");
  }
}
