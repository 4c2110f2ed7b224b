/** Where the customer types a PIN, with its extra digits if there are any, or pastes a link. */

import { lengthOf } from "@deskside/codec/wire/pins";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import { MAX_CODE } from "../session/codes.gen.ts";
import type { UiState } from "../session/uiState.ts";
import { type TypedEarly, takeTypedEarly } from "../state/typedEarly.ts";
import { problemSentence } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import type { JoinFacts } from "../wire/about.gen.ts";
import { Icon, ProblemLine } from "./parts.tsx";

const GROUP = 3;

interface EntryProps {
  state: UiState;
  about: JoinFacts;
  intent: JoinSession["intent"];
}

export function Entry({ state, about, intent }: EntryProps) {
  const [early] = useState(takeTypedEarly);
  const before = early?.typed ?? "";
  const [typed, setTyped] = useState(() => withoutExtra(before));
  const [wasCut, setCut] = useState(typed !== before);
  const change = (now: string) => {
    const pin = withoutExtra(now);
    if (pin !== now) setCut(true);
    setTyped(pin);
  };
  const busy = state.stage === "entering";
  const problem = state.problem === null ? null : problemSentence(state.problem, state.retrySeconds, "pin");
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    if (!busy && typed.trim() !== "") intent({ type: "enter_code", typed });
  };
  return (
    <>
      <section class="card" aria-labelledby="entry-h">
        <h1 id="entry-h">{t("Enter the PIN from your technician")}</h1>
        <p class="lead">{t("Your technician reads it to you, digit by digit.")}</p>
        <form onSubmit={enter}>
          <label class="sr" for="code">
            {t("PIN or link")}
          </label>
          <CodeField early={early} typed={typed} change={change} problem={problem !== null} busy={busy} />
          {problem === null ? (
            <p class="hint" id="code-hint">
              {t("You can also paste a PIN or a link. Nothing starts until you agree.")}
            </p>
          ) : (
            <ProblemLine id="code-problem">{problem}</ProblemLine>
          )}
          {wasCut && (
            <p class="hint" role="status">
              {t(
                "Only the PIN is needed here. The extra digits were not sent. They are a secret between you and your technician, so enter them only when you are asked for them.",
              )}
            </p>
          )}
          <button type="submit" class="btn btn--primary btn--touch" aria-disabled={busy}>
            {busy ? t("Looking for your technician…") : t("Continue")}
          </button>
        </form>
      </section>
      <Brake about={about} />
    </>
  );
}

/** Return what was typed without digits behind a whole PIN: as relay/web/static/pin.js, so that both pages do the same. */
function withoutExtra(typed: string): string {
  const digits = digitsIn(typed);
  if (digits === null || digits.length <= lengthOf(digits)) return typed;
  return digits.slice(0, lengthOf(digits));
}

/** Return the digits of a PIN that is being typed, null where it is something else. */
function digitsIn(typed: string): string | null {
  const digits = typed.replace(/[\s.\-·]/g, "");
  return /^\d*$/.test(digits) ? digits : null;
}

/** The question that exposes a fraudulent caller: who called first? */
function Brake({ about }: { about: JoinFacts }) {
  return (
    <p class="brake">
      <Icon name="shield-x" size="l" />
      <span>
        {about.never_calls ? (
          <>
            <b>{t("Did someone call you out of the blue?")}</b>{" "}
            {t("Hang up. {organisation} never calls first.", { organisation: about.organisation })}
          </>
        ) : (
          <>
            <b>{t("Did you expect this call?")}</b> {t("If not, hang up.")}
          </>
        )}{" "}
        <a href="/how-to-check" target="_blank" rel="noreferrer">
          {t("How to check who is calling")}
        </a>
      </span>
    </p>
  );
}

interface CodeFieldProps {
  early: TypedEarly | null;
  typed: string;
  change: (typed: string) => void;
  problem: boolean;
  busy: boolean;
}

/** One field for everything. While only digits are in it they are shown as boxes. */
function CodeField({ early, typed, change, problem, busy }: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [focused, setFocused] = useState(false);
  const digits = digitsIn(typed);
  const boxed = digits !== null;
  useEffect(() => {
    if (problem) input.current?.focus();
  }, [problem]);
  // At once, so that the next key is not lost either.
  useLayoutEffect(() => {
    if (!early?.focused) return;
    input.current?.focus();
    input.current?.setSelectionRange(early.start, early.end);
  }, []);
  const toEnd = () => {
    const field = input.current!;
    if (boxed) field.setSelectionRange(field.value.length, field.value.length);
  };
  return (
    <div class={`pin${boxed ? " is-boxed" : ""}${problem ? " is-bad" : ""}`}>
      {boxed && <Boxes digits={digits} focused={focused && !busy} />}
      <input
        id="code"
        ref={input}
        class={`pin-input${boxed ? "" : " pin-input--link"}`}
        type="text"
        inputMode={boxed ? "numeric" : "url"}
        autocomplete="one-time-code"
        spellcheck={false}
        maxLength={MAX_CODE}
        data-first
        value={typed}
        readOnly={busy}
        aria-invalid={problem}
        aria-describedby={problem ? "code-problem" : "code-hint"}
        onInput={(event) => change(event.currentTarget.value)}
        onFocus={() => {
          setFocused(true);
          toEnd();
        }}
        onClick={toEnd}
        onBlur={() => setFocused(false)}
      />
    </div>
  );
}

function Boxes({ digits, focused }: { digits: string; focused: boolean }) {
  const length = lengthOf(digits);
  const places = Array.from({ length }, (_, place) => place);
  return (
    <div class="boxes" aria-hidden="true">
      {places.map((place) => {
        const here = focused && place === Math.min(digits.length, length - 1);
        return (
          <>
            {place > 0 && place % GROUP === 0 && <span class="dash" />}
            <span key={place} class={`digit${here ? " is-focus" : ""}`}>
              {digits[place] ?? (here && <span class="caret" />)}
            </span>
          </>
        );
      })}
    </div>
  );
}
