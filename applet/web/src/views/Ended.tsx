/** The receipt: what happened, in plain words, to keep if one likes. */

import "../styles/ended.css";
import type { UiState } from "../session/uiState.ts";
import { endingSentence, receiptName, receiptRows, receiptText, unseenSentence } from "../texts/receipt.ts";
import { endingHeading, goesOn } from "../texts/sentences.ts";
import { day, t } from "../texts/texts.ts";
import { Icon } from "./parts.tsx";

export function Ended({ state, host }: { state: UiState; host: string }) {
  return (
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
  );
}

/** Hand the receipt out as a file. */
function save(state: UiState, host: string): void {
  const address = URL.createObjectURL(new Blob([receiptText(state, host)], { type: "text/plain;charset=utf-8" }));
  Object.assign(document.createElement("a"), { href: address, download: receiptName(state, host) }).click();
  URL.revokeObjectURL(address);
}
