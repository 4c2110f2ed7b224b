import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { codesKept, confirmAuthenticator } from "../state/signIn";
import { t } from "../texts/texts";
import type { Authenticator, Failed } from "../wire/page.gen";
import { Refusal } from "./SignIn";

/** Set up the authenticator app that is due: scan, or type the key, then show that it works. */
export function SetUpCodes({ shown, onAgain }: { shown: Authenticator; onAgain: () => void }) {
  const failed = useSignal<Failed | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    failed.value = await confirmAuthenticator(String(form.get("code")));
    if (failed.value !== undefined) field.current?.select();
  };
  return (
    <form class="gate-card" onSubmit={submit}>
      <h1>{t("Set up two-step verification")}</h1>
      <p class="second">{t("Your organisation asks for it. Scan this with an authenticator app on your phone.")}</p>
      <QrCode rows={shown.squares} />
      <p>
        {t("Cannot scan? Type this key into the app:")} <code class="key ltr">{inFours(shown.secret)}</code>
      </p>
      {failed.value !== undefined && <Refusal failed={failed.value} />}
      <label class="field">
        <span class="label">{t("Code that the app shows")}</span>
        <input
          class="input"
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          dir="ltr"
          ref={field}
        />
      </label>
      <button type="submit" class="btn btn--primary btn--l">
        {t("Continue")}
      </button>
      <button type="button" class="btn btn--quiet" onClick={onAgain}>
        {t("Start again")}
      </button>
    </form>
  );
}

/** The recovery codes, shown this once. `onKept` where a new password comes next. */
export function ShowCodes({ codes, onKept }: { codes: readonly string[]; onKept: (() => void) | undefined }) {
  const button = useRef<HTMLButtonElement>(null);
  const copied = useSignal(false);
  useEffect(() => button.current?.focus(), []);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    copied.value = true;
  };
  return (
    <div class="gate-card">
      <h1>{t("Keep these recovery codes")}</h1>
      <p class="second">
        {t("Each code works once if you do not have your phone. They are shown only now: print or copy them.")}
      </p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code class="ltr">{code}</code>
          </li>
        ))}
      </ul>
      <button type="button" class="btn" onClick={copy}>
        <span aria-live="polite">{copied.value ? t("Copied") : t("Copy")}</span>
      </button>
      <button type="button" class="btn btn--primary btn--l" ref={button} onClick={onKept ?? (() => void codesKept())}>
        {t("Continue")}
      </button>
    </div>
  );
}

function QrCode({ rows }: { rows: readonly string[] }) {
  const side = rows.length + 4;
  const squares = rows.flatMap((row, y) =>
    [...row].map((each, x) => (each === "1" ? `M${x + 2} ${y + 2}h1v1h-1z` : "")),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${side} ${side}`} role="img" aria-label={t("QR code with the key for your app")}>
      <path d={squares.join("")} />
    </svg>
  );
}

function inFours(key: string): string {
  return key.replace(/(.{4})(?=.)/g, "$1 ");
}
