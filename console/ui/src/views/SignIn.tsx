import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { relay, relayBusy } from "../state/console";
import {
  about,
  authenticator,
  forgetSetUp,
  proposeAuthenticator,
  recoveryCodes,
  signedOut,
  signIn,
} from "../state/signIn";
import { busySentence } from "../texts/sentences";
import { remedy, signInRefusal } from "../texts/signIn";
import { t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { NewPassword } from "./NewPassword";
import { Icon } from "./parts";
import { SetUpCodes, ShowCodes } from "./SecondStep";

/** Sign in at the relay, and do what is due first. The password goes to the engine only, and is kept nowhere. */
export function SignIn() {
  const failed = useSignal<Failed | undefined>(undefined);
  const due = useSignal("");
  const codes = recoveryCodes.value;
  const again = () => {
    due.value = "";
    failed.value = undefined;
    forgetSetUp();
  };
  const begin = async (refusal: Failed) => {
    if (refusal.problem === "password_change_needed") due.value = refusal.least || "good";
    if (refusal.problem === "enrolment_needed") failed.value = (await proposeAuthenticator()) ?? refusal;
  };
  return (
    <main class="gate">
      {codes !== undefined && due.value === "" ? (
        <ShowCodes
          codes={codes.codes}
          onKept={
            codes.least
              ? () => {
                  due.value = codes.least ?? "";
                }
              : undefined
          }
        />
      ) : due.value !== "" ? (
        <NewPassword least={due.value} onAgain={again} />
      ) : authenticator.value !== undefined ? (
        <SetUpCodes shown={authenticator.value} onAgain={again} />
      ) : (
        <Password
          failed={failed.value}
          onRefused={(refusal) => {
            failed.value = refusal;
            if (refusal) void begin(refusal);
          }}
        />
      )}
    </main>
  );
}

/** The address and the password, and a code where one is asked for. */
function Password({
  failed,
  onRefused,
}: {
  failed: Failed | undefined;
  onRefused: (refusal: Failed | undefined) => void;
}) {
  const busy = useSignal(false);
  const asksCode = useSignal(false);
  const password = useRef<HTMLInputElement>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    busy.value = true;
    const code = String(form.get("code") ?? "");
    const refusal = await signIn(String(form.get("email")), String(form.get("password")), code);
    if (refusal?.problem === "second_step_needed") asksCode.value = true;
    busy.value = false;
    onRefused(refusal);
    if (refusal?.problem === "wrong_sign_in") password.current?.select();
  };
  const isQuestion = failed?.problem === "second_step_needed";
  return (
    <form class="gate-card" onSubmit={submit} aria-describedby="relay">
      {about.value?.logo ? (
        <img class="gate-logo" src={about.value.logo} alt="" />
      ) : (
        <svg class="mark" aria-hidden="true">
          <use href="#mark" />
        </svg>
      )}
      <h1>{t("Sign in to Deskside")}</h1>
      <p class="second" id="relay">
        {about.value?.organisation && (
          <>
            <b>
              <bdi>{about.value.organisation}</bdi>
            </b>
            {" · "}
          </>
        )}
        {t("at")} <bdi class="ltr">{relay.value.replace(/^https?:\/\//, "")}</bdi>
      </p>
      {signedOut.value !== "" && failed === undefined && (
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
      {isQuestion && (
        <p class="banner" role="status">
          <Icon name="shield" />
          {t("Enter the code from your authenticator app, or a recovery code.")}
        </p>
      )}
      {failed !== undefined && !isQuestion && <Refusal failed={failed} />}
      <label class="field">
        <span class="label">{t("E-mail address")}</span>
        <input class="input" name="email" type="email" autocomplete="username" required autofocus dir="ltr" />
      </label>
      <label class="field">
        <span class="label">{t("Password")}</span>
        <input
          class="input"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          dir="ltr"
          ref={password}
          aria-invalid={failed?.problem === "wrong_sign_in" || undefined}
        />
      </label>
      {asksCode.value && <CodeField />}
      <button type="submit" class="btn btn--primary btn--l" disabled={busy.value}>
        {busy.value ? t("Signing in…") : t("Sign in")}
      </button>
      <a class="gate-link" href={`${relay.value}/forgotten`} target="_blank" rel="noreferrer">
        {t("Forgot your password?")}
      </a>
    </form>
  );
}

/** Why nobody was let in, what to do about it, and whom to ask. */
export function Refusal({ failed }: { failed: Failed }) {
  const where = remedy(failed, relay.value);
  return (
    <div class="banner banner--danger" role="alert">
      <Icon name="alarm" />
      <div>
        <p>{signInRefusal(failed)}</p>
        {failed.contact && <p class="contact">{failed.contact}</p>}
        {where !== undefined && (
          <p>
            <a href={where.to} target="_blank" rel="noreferrer">
              {where.words}
            </a>
          </p>
        )}
      </div>
    </div>
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
      return t("You were signed out: the console cannot be used from this network. Ask an administrator.");
    case "no_licence":
      return t("You were signed out because you no longer have a licence for the console. Ask an administrator.");
    case "unused":
      return t("You were signed out because the console was not used. Sign in again to resume your sessions.");
    default:
      return t("You were signed out. Sign in again.");
  }
}
