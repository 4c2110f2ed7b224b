import { useSignal } from "@preact/signals";
import { relay, signIn } from "../state/console";
import { t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { Icon } from "./parts";

/** Sign in at the relay. The password goes to the engine only, and is kept nowhere. */
export function SignIn() {
  const failed = useSignal<Failed | undefined>(undefined);
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    failed.value = await signIn(String(form.get("email")), String(form.get("password")));
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
        {failed.value !== undefined && (
          <p class="banner banner--danger" role="alert">
            <Icon name="alarm" />
            {failed.value.message}
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
        <button type="submit" class="btn btn--primary btn--l" disabled={busy.value}>
          {busy.value ? t("Signing in…") : t("Sign in")}
        </button>
      </form>
    </main>
  );
}
