/** Where the customer types the extra digits of a PIN, once the technician's program asks for them. */

import { useState } from "preact/hooks";
import { problemSentence } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import { Name, ProblemLine, rich } from "./parts.tsx";
import type { WaitingProps } from "./Waiting.tsx";

/** The digits that make the connection a secret between two people, and that no server knows. */
export function Digits({ state, intent }: Omit<WaitingProps, "host">) {
  const [typed, setTyped] = useState("");
  const problem = state.problem === null ? null : problemSentence(state.problem, state.retrySeconds, "pin");
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed.trim() !== "") intent({ type: "enter_digits", typed });
  };
  return (
    <form class="digits" onSubmit={enter}>
      <h2>
        <label for="digits">{t("Enter the extra digits")}</label>
      </h2>
      <p class="small" id="digits-hint">
        {rich(t("{technician} reads them to you after the PIN. They stay between the two of you."), {
          technician: <Name>{state.technician}</Name>,
        })}
      </p>
      <input
        id="digits"
        class="pin-input"
        type="text"
        inputMode="numeric"
        autocomplete="off"
        maxLength={12}
        dir="ltr"
        data-now
        value={typed}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? "digits-hint" : "digits-problem"}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {problem !== null && <ProblemLine id="digits-problem">{problem}</ProblemLine>}
      <button type="submit" class="btn btn--primary btn--touch">
        {t("Continue")}
      </button>
    </form>
  );
}
