/** The survey after a session. It is below the receipt, keeps no one from closing the page, and leaves nothing then. */

import "../styles/survey.css";
import type { SurveyQuestion, Survey as ToAnswer } from "@deskside/codec/wire/surveyTypes.gen";
import { ANSWER_CHARACTERS } from "@deskside/codec/wire/surveyTypes.gen";
import { useState } from "preact/hooks";
import { t } from "../texts/texts.ts";
import { Name, ProblemLine, rich } from "./parts.tsx";

interface SurveyProps {
  survey: ToAnswer;
  token: string;
  organisation: string;
}

/** What became of it. Whatever failed, what was typed is still there. */
type Stage = "asked" | "sending" | "refused" | "nothing" | "failed" | "thanks" | "answered" | "over" | "closed";

export function Survey({ survey, token, organisation }: SurveyProps) {
  const [stage, setStage] = useState<Stage>("asked");
  const [wrong, setWrong] = useState<Record<string, string>>({});
  if (stage === "closed") return null;
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (stage === "sending") return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setStage("sending");
    const said = await sent(token, form);
    setWrong(said.wrong);
    setStage(said.stage);
    const [first] = Object.keys(said.wrong);
    if (first !== undefined) document.getElementById(`survey-q${first}`)?.focus();
  };
  return (
    <section class="card card--survey" aria-labelledby="survey-h">
      <h2 id="survey-h">{t("How did it go?")}</h2>
      <div role="status">
        {stage === "thanks" && <p>{t("Thank you. Your answers were sent. You can close this page.")}</p>}
        {stage === "answered" && <p>{t("These questions were already answered. The first answers are kept.")}</p>}
        {stage === "over" && <p>{t("These questions can no longer be answered. You can close this page.")}</p>}
      </div>
      {!["thanks", "answered", "over"].includes(stage) && (
        <>
          <p class="lead">
            {rich(t("{organisation} would like to know. If you answer nothing, nothing is kept."), {
              organisation: <Name flows>{organisation}</Name>,
            })}
          </p>
          {survey.kind === "own" ? (
            <div class="survey-btns">
              <a class="btn btn--primary btn--touch" href={survey.page} target="_blank" rel="noopener noreferrer">
                {t("Open the questions")}
              </a>
              <NotNow close={() => setStage("closed")} />
            </div>
          ) : (
            <form class="fields" noValidate onSubmit={(event) => void send(event)}>
              <input type="hidden" name="reference" value={survey.reference} />
              {(survey.questions ?? []).map((each) => (
                <Question key={each.number} question={each} wrong={wrong[each.number]} />
              ))}
              {stage === "nothing" && (
                <ProblemLine id="survey-problem">{t("Answer at least one question.")}</ProblemLine>
              )}
              {stage === "failed" && (
                <ProblemLine id="survey-problem">
                  {t("Your answers could not be sent. Check your internet connection, then try again.")}
                </ProblemLine>
              )}
              <div class="survey-btns">
                <button type="submit" class="btn btn--primary btn--touch" aria-disabled={stage === "sending"}>
                  {t("Send answers")}
                </button>
                <NotNow close={() => setStage("closed")} />
              </div>
            </form>
          )}
        </>
      )}
    </section>
  );
}

function NotNow({ close }: { close: () => void }) {
  return (
    <button type="button" class="btn btn--touch" onClick={close}>
      {t("No, thanks")}
    </button>
  );
}

function Question({ question, wrong }: { question: SurveyQuestion; wrong: string | undefined }) {
  const name = `q${question.number}`;
  const id = `survey-${name}`;
  const title = (
    <>
      <bdi>{question.text}</bdi> <span class="opt">{question.required ? t("required") : t("optional")}</span>
    </>
  );
  const said = wrong === undefined ? {} : { "aria-invalid": true, "aria-describedby": `${id}-problem` };
  const problem = wrong !== undefined && <ProblemLine id={`${id}-problem`}>{problemWith(wrong)}</ProblemLine>;
  const choices = question.choices ?? [];
  if (choices.length === 0) {
    return (
      <div class="field">
        <label class="label" for={id}>
          <span>{title}</span>
        </label>
        <textarea
          class="input survey-text"
          id={id}
          name={name}
          rows={3}
          dir="auto"
          maxLength={ANSWER_CHARACTERS}
          aria-required={question.required}
          {...said}
        />
        {problem}
      </div>
    );
  }
  return (
    <fieldset class="field survey-choices" {...said}>
      <legend class="label">
        <span>{title}</span>
      </legend>
      {choices.map((choice, place) => (
        <label class="survey-choice" key={place}>
          <input type="radio" name={name} value={place + 1} id={place === 0 ? id : undefined} />
          <bdi>{choice}</bdi>
        </label>
      ))}
      {!question.required && (
        <label class="survey-choice">
          <input type="radio" name={name} value="" defaultChecked />
          <span>{t("No answer")}</span>
        </label>
      )}
      {problem}
    </fieldset>
  );
}

function problemWith(wrong: string): string {
  if (wrong === "empty") return t("Answer this question.");
  if (wrong === "too_long") return t("Use at most {most} characters.", { most: ANSWER_CHARACTERS });
  return t("Choose one of the answers.");
}

const STAGES: Record<string, Stage> = {
  "": "thanks",
  answered: "answered",
  refused: "refused",
  nothing: "nothing",
  none: "over",
  changed: "over",
};

/** Send the answers, and return what became of them. */
async function sent(token: string, form: FormData): Promise<{ stage: Stage; wrong: Record<string, string> }> {
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(`/survey/${token}`, { method: "POST", body: form, headers });
    const said = (await response.json()) as { problem: string; wrong: Record<string, string> };
    return { stage: STAGES[said.problem] ?? "failed", wrong: said.wrong };
  } catch {
    return { stage: "failed", wrong: {} };
  }
}
