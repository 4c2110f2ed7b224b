/** The receipt: what happened, in plain words, to keep if one likes. */

import "../styles/ended.css";
import type { Survey as Asked } from "@deskside/codec/wire/surveyTypes.gen";
import { useEffect, useState } from "preact/hooks";
import type { UiState } from "../session/uiState.ts";
import { endingSentence, receiptName, receiptRows, receiptText, unseenSentence } from "../texts/receipt.ts";
import { endingHeading, goesOn } from "../texts/sentences.ts";
import { day, t } from "../texts/texts.ts";
import { lazily } from "./lazily.tsx";
import { Icon } from "./parts.tsx";

const Survey = lazily(async () => (await import("./Survey.tsx")).Survey);

export function Ended({ state, host }: { state: UiState; host: string }) {
  const survey = useSurvey(goesOn(state) ? "" : state.survey);
  return (
    <>
      <section class="card card--join card--rcpt" aria-labelledby="rcpt-h">
        <div class="rc-main">
          <p class="rc-org">
            <span>
              {t("Receipt")}
              {state.endedAt !== null && <small>{day(state.endedAt)}</small>}
            </span>
          </p>
          <h1 id="rcpt-h" data-first tabIndex={-1}>
            {endingHeading(state)}
          </h1>
          <p class="lead">
            {endingSentence(state)} {unseenSentence(state)} {t("You can close this page.")}
          </p>
          <dl class="rc">
            {receiptRows(state, host).map(({ about, said, below }) => (
              <div key={about}>
                <dt>{about}</dt>
                <dd dir="auto">
                  {said}
                  {below !== "" && <small>{below}</small>}
                </dd>
              </div>
            ))}
          </dl>
        </div>
        <div class="rc-side">
          <button type="button" class="btn btn--primary btn--touch" onClick={() => save(state, host)}>
            <Icon name="download" />
            {t("Save receipt")}
          </button>
          <p class="small">{t("So that you know what happened, and can ask about it.")}</p>
          {!goesOn(state) && !state.isByChannel && (
            <a class="btn btn--touch" href="/join">
              {t("Enter another PIN")}
            </a>
          )}
        </div>
      </section>
      {survey !== null && <Survey survey={survey} token={state.survey} organisation={state.organisation} />}
    </>
  );
}

/** Hand the receipt out as a file. */
function save(state: UiState, host: string): void {
  const address = URL.createObjectURL(new Blob([receiptText(state, host)], { type: "text/plain;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href: address, download: receiptName(state, host) }).click();
  URL.revokeObjectURL(address);
}

/** The relay may hear of the end after this page: so often it is asked again, so long after the last time. */
const QUESTIONS_ASKED = 5;
const AGAIN_MILLISECONDS = 1_000;

/** Return what the organisation asks after the session; null while that is not known, and where it asks nothing. */
function useSurvey(token: string): Asked | null {
  const [survey, setSurvey] = useState<Asked | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (left: number) => {
      const response = await fetch(`/survey/${token}/questions`, { signal: gone.signal });
      if (response.ok) {
        const asked = (await response.json()) as Asked;
        if (asked.kind !== "none" && !asked.answered) setSurvey(asked);
      } else if (response.status === 409 && left > 1) {
        timer = setTimeout(() => void ask(left - 1).catch(() => undefined), AGAIN_MILLISECONDS);
      }
    };
    // Without a network there is no survey, and the receipt is what counts.
    if (token !== "") void ask(QUESTIONS_ASKED).catch(() => undefined);
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [token]);
  return survey;
}
