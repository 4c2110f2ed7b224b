/** The survey after a session: a line above the work, which waits, and a dialog for when there is time. */

import { ANSWER_CHARACTERS, type SurveyQuestion } from "@deskside/codec/wire/surveyTypes.gen";
import { useSignal } from "@preact/signals";
import { answering, type DueSurvey, dropSurvey, dueSurveys, sendAnswers, typed } from "../state/surveys";
import { t } from "../texts/texts";
import { Dialog, Icon } from "./parts";

/** The first that waits. It is a line and no window: what comes next is never behind it. */
export function DueSurveys() {
  const [due] = dueSurveys.value;
  if (due === undefined) return null;
  const { session, customer, survey } = due;
  const hasTyped = Object.values(due.answers).some((answer) => answer !== "");
  const others = dueSurveys.value.length - 1;
  return (
    <section class="survey-due banner" aria-label={t("Survey")}>
      <Icon name="note" />
      <span class="grow" role="status">
        {t("Survey about the session with {name}", { name: customer })}
        {others > 0 && <span class="second"> {t("{count} more after it", { count: String(others) })}</span>}
      </span>
      {!hasTyped && (
        <button type="button" class="btn btn--s btn--quiet" onClick={() => dropSurvey(session)}>
          {t("Do not answer")}
        </button>
      )}
      {survey.kind === "own" ? (
        <a
          class="btn btn--s"
          href={survey.page}
          target="_blank"
          rel="noopener noreferrer"
          onClick={() => setTimeout(dropSurvey, 0, session)}
        >
          {t("Open the survey")}
        </a>
      ) : (
        <button
          type="button"
          class="btn btn--s"
          onClick={() => {
            answering.value = session;
          }}
        >
          {hasTyped ? t("Continue") : t("Answer")}
        </button>
      )}
    </section>
  );
}

export function AnswerSurvey() {
  const due = dueSurveys.value.find((each) => each.session === answering.value);
  return due === undefined ? null : <Asked key={due.session} due={due} />;
}

function Asked({ due }: { due: DueSurvey }) {
  const failed = useSignal("");
  const sending = useSignal(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (sending.value) return;
    sending.value = true;
    failed.value = await sendAnswers(due);
    sending.value = false;
  };
  const close = () => {
    answering.value = undefined;
  };
  return (
    <Dialog
      title={t("Survey about the session with {name}", { name: due.customer })}
      close={close}
      foot={
        <>
          <button type="button" class="btn btn--quiet" onClick={() => dropSurvey(due.session)}>
            {t("Do not answer")}
          </button>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Later")}
          </button>
          <button type="submit" form="survey" class="btn btn--primary" disabled={sending.value}>
            {t("Send answers")}
          </button>
        </>
      }
    >
      <form id="survey" class="survey" onSubmit={(event) => void send(event)}>
        {(due.survey.questions ?? []).map((each) => (
          <Question key={each.number} due={due} question={each} />
        ))}
        {failed.value !== "" && (
          <p class="banner banner--danger" role="alert">
            <Icon name="alarm" />
            {failed.value}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Question({ due, question }: { due: DueSurvey; question: SurveyQuestion }) {
  const { number, text, required, choices = [] } = question;
  const id = `survey-${number}`;
  const value = due.answers[number] ?? "";
  const change = (event: Event & { currentTarget: { value: string } }) =>
    typed(due.session, number, event.currentTarget.value);
  return (
    <div class="field">
      <label class="label" for={id}>
        <bdi>{text}</bdi> <span class="opt">{required ? t("required") : t("optional")}</span>
      </label>
      {choices.length > 0 ? (
        <select class="select" id={id} value={value} required={required} onInput={change}>
          <option value="">{t("Choose…")}</option>
          {choices.map((choice, place) => (
            <option key={place} value={String(place + 1)} dir="auto">
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <textarea
          class="input area"
          id={id}
          rows={3}
          dir="auto"
          maxLength={ANSWER_CHARACTERS}
          required={required}
          value={value}
          onInput={change}
        />
      )}
    </div>
  );
}
