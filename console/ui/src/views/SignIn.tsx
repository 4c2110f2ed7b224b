import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { relay, relayBusy, signedOut, signIn } from "../state/console";
import { busySentence, waitSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { Icon } from "./parts";

/** Sign in at the relay. The password goes to the engine only, and is kept nowhere. */
export function SignIn() {
  const failed = useSignal<Failed | undefined>(undefined);
  const busy = useSignal(false);
  const asksCode = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    const code = String(form.get("code") ?? "");
    const refusal = await signIn(String(form.get("email")), String(form.get("password")), code);
    if (refusal?.problem === "second_step_needed") asksCode.value = true;
    failed.value = refusal;
    busy.value = false;
  };
  return (
    <main class="gate">
      <form class="gate-card" onSubmit={submit} aria-describedby="relay">
        <svg class="mark" aria-hidden="true">
          <use href="#mark" />
        </svg>
        <h1>{t("Sign in to Deskside")}</h1>
        <p class="second" id="relay">
          {t("at")} <bdi class="ltr">{relay.value.replace(/^https?:\/\//, "")}</bdi>
        </p>
        {signedOut.value !== "" && failed.value === undefined && (
          <p class="banner" role="status">
            <Icon name="info" />
            {why(signedOut.value)}
          </p>
        )}
        {relayBusy.value && (
          <p class="banner" role="status">
            <Icon name="info" />
            {busySentence()}
          </p>
        )}
        {failed.value?.problem === "second_step_needed" && (
          <p class="banner" role="status">
            <Icon name="shield" />
            {t("Now the code of your authenticator app, or a recovery code.")}
          </p>
        )}
        {failed.value !== undefined && failed.value.problem !== "second_step_needed" && (
          <p class="banner banner--danger" role="alert">
            <Icon name="alarm" />
            {reason(failed.value)}
          </p>
        )}
        <label class="field">
          <span class="label">{t("E-mail address")}</span>
          <input class="input" name="email" type="email" autocomplete="username" required autofocus dir="ltr" />
        </label>
        <label class="field">
          <span class="label">{t("Password")}</span>
          <input class="input" name="password" type="password" autocomplete="current-password" required dir="ltr" />
        </label>
        {asksCode.value && <CodeField />}
        <button type="submit" class="btn btn--primary btn--l" disabled={busy.value}>
          {busy.value ? t("Signing in…") : t("Sign in")}
        </button>
      </form>
    </main>
  );
}

/** Asked for once the password was right, so the hand need not look for it. */
function CodeField() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <label class="field">
      <span class="label">{t("Code")}</span>
      <input class="input" name="code" autocomplete="one-time-code" required dir="ltr" ref={field} />
    </label>
  );
}

/** Why the relay signed this console out. */
function why(reason: string): string {
  switch (reason) {
    case "network":
      return t("You were signed out: the console may no longer be used from this network. Ask an administrator.");
    case "no_licence":
      return t("You were signed out: you no longer have a licence for the console. Ask an administrator.");
    default:
      return t("You were signed out. Sign in again.");
  }
}

/** Why nobody was let in, in the reader's language; what this page does not know is said as the relay says it. */
function reason(failed: Failed): string {
  switch (failed.problem) {
    case "wrong_sign_in":
      return t("The e-mail address or the password is not right. Check both; capitals count in the password.");
    case "wrong_code":
      return t("The code is not right. Use the one that your app shows now; each works once.");
    case "enrolment_needed":
      return t(
        "Your organisation asks for a second step. Sign in to the web page of the relay once, and set it up there.",
      );
    case "password_change_needed":
      return t("A new password is due. Sign in to the web page of the relay once, and choose it there.");
    case "not_from_here":
      return t(
        "Your organisation does not let anybody in from this network. Use another one, or ask an administrator.",
      );
    default:
      return waitSentence(failed);
  }
}
