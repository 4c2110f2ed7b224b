/** The question for the screen: in our words first, then in the browser's. Silence is no, and focus is on No. */

import type { ComponentChildren } from "preact";
import type { Question as Asked, UiState } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";
import { Icon, Name, rich, Veil } from "./parts.tsx";
import { Words } from "./Words.tsx";

interface ConsentProps {
  state: UiState;
  question: Asked;
  /** Whether it came so recently that no key or click can be meant for it. */
  deaf: boolean;
  decide: (yes: boolean) => void;
}

export function Consent({ state, question, deaf, decide }: ConsentProps) {
  const technician = <Name>{state.technician}</Name>;
  return (
    <Question
      state={state}
      question={question}
      deaf={deaf}
      decide={decide}
      title={
        question.isOneAnswer
          ? t("Show your screen to {technician} ({organisation}) and let them record it?")
          : t("Show your screen to {technician} ({organisation})?")
      }
      seeing={t("{technician} cannot click, type or open your files.")}
      unrecorded={t("You would be asked before any recording.")}
      yes={[t("Yes, choose what to show"), t("Your browser asks next.")]}
    >
      <div class="con-side">
        <h2>{t("Next, your browser asks what to show")}</h2>
        <Picker />
        <p>
          {rich(
            t("Choose a screen or a window, then confirm. {technician} sees only that. Close what is private first."),
            { technician },
          )}
        </p>
      </div>
    </Question>
  );
}

interface QuestionProps extends ConsentProps {
  title: string;
  /** What the technician sees and cannot do. */
  seeing: string;
  /** What is said where nothing is recorded. */
  unrecorded: string;
  /** The yes, and what follows it. */
  yes: readonly [string, string];
  look?: string;
  children?: ComponentChildren;
}

/** What the customer is asked to show, what that means, and the two answers. */
export function Question(props: QuestionProps) {
  const { state, question, deaf, decide, title, seeing, unrecorded, yes, look = "", children } = props;
  const technician = <Name>{state.technician}</Name>;
  const organisation = <Name flows>{state.organisation}</Name>;
  return (
    <section class={`card card--consent ${look}`} aria-labelledby="consent-h">
      <div class="con-main">
        <h1 id="consent-h">{rich(title, { technician, organisation })}</h1>
        <Words state={state} />
        <ul class="plain">
          <li>
            <Icon name="eye" />
            <span>
              <b>{t("View only.")}</b> {rich(seeing, { technician })}
            </span>
          </li>
          <li>
            <span class={question.records ? "rec-ic" : ""}>
              <Icon name={question.records ? "record" : "mask"} />
            </span>
            <span>
              {question.records ? (
                <>
                  <b>{t("It is recorded.")}</b> {rich(t("{organisation} keeps the recording."), { organisation })}
                </>
              ) : (
                <>
                  <b>{t("It is not recorded.")}</b> {rich(unrecorded, { technician })}
                </>
              )}
            </span>
          </li>
          <li>
            <Icon name="x" />
            <span>
              <b>{t("Stop whenever you like,")}</b> {t("with the red button or by closing this page.")}
            </span>
          </li>
        </ul>
        <div class="yesno">
          <button type="button" class="choice2" aria-disabled={deaf} onClick={() => decide(true)}>
            <b>{yes[0]}</b>
            <span>{yes[1]}</span>
          </button>
          <button type="button" class="choice2" aria-disabled={deaf} data-now onClick={() => decide(false)}>
            <b>{t("No")}</b>
            <span>{rich(t("{technician} sees nothing. You can chat."), { technician })}</span>
          </button>
        </div>
      </div>
      {children}
    </section>
  );
}

/** A drawing of the browser's own question, so that it does not come as a surprise. */
function Picker() {
  return (
    <div class="picker" role="img" aria-label={t("Drawing of the browser’s question: choose a screen, then confirm")}>
      <span class="pk-head">
        <i />
        <i />
        <i />
      </span>
      <b class="pk-t">{t("Choose what to share")}</b>
      <span class="pk-th">
        <span class="on" />
        <span class="two" />
      </span>
      <span class="pk-foot">
        <span>{t("Cancel")}</span>
        <span class="on">{t("Share")}</span>
      </span>
    </div>
  );
}

/** The question whether to record, where it comes by itself. */
export function RecordQuestion({ state, deaf, decide }: Omit<ConsentProps, "question">) {
  const technician = <Name>{state.technician}</Name>;
  const organisation = <Name flows>{state.organisation}</Name>;
  return (
    <Veil title={rich(t("Let {technician} record this session?"), { technician })}>
      <p id="ask-p">
        {rich(t("{organisation} keeps the recording. If you say no, everything else stays as it is."), {
          organisation,
        })}
      </p>
      <div class="yesno">
        <button type="button" class="choice2" aria-disabled={deaf} onClick={() => decide(true)}>
          <b>{t("Yes, record it")}</b>
          <span>{t("A red mark shows while it is recorded.")}</span>
        </button>
        <button type="button" class="choice2" aria-disabled={deaf} data-now onClick={() => decide(false)}>
          <b>{t("No")}</b>
          <span>{t("Nothing is recorded.")}</span>
        </button>
      </div>
    </Veil>
  );
}
