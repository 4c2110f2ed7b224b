/** What this technician is asked after sessions. It waits until they have time, and keeps what they have typed. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import type { Survey } from "@deskside/codec/wire/surveyTypes.gen";
import { computed, signal } from "@preact/signals";
import { t } from "../texts/texts";
import { desk } from "./console";
import { attempt } from "./engine";
import { groupOf } from "./groups";
import { toast } from "./toasts";

const KEPT = "deskside-surveys";
/** So many wait at most: after a day without answers the first ones are not asked any more. */
const MOST = 20;

/** A survey that waits. `by` is the technician: another one who signs in here does not see it. */
export interface DueSurvey {
  session: number;
  customer: string;
  by: number;
  survey: Survey;
  /** What is typed so far, by the numbers of the questions. */
  answers: Record<string, string>;
}

const all = signal(kept());
/** Those of who is signed in, the oldest first. */
export const dueSurveys = computed(() => all.value.filter(({ by }) => by === desk.value?.person.id));
/** The session whose survey is being answered. */
export const answering = signal<number | undefined>(undefined);
/** Whose customers they were: asked for, not told yet. */
const asked = new Map<number, string>();

/** A session has changed: where it was this technician's and is over now, ask whether there is a survey. */
export function sessionChanged(before: Session | undefined, after: Session, customer: string): void {
  if (before === undefined || groupOf(before) === "ended" || groupOf(after) !== "ended" || after.began == null) return;
  asked.set(after.id, customer);
  // A session that was another's has no survey here, and one that cannot be told is not worth a word.
  void attempt({ type: "ask_survey", session: after.id });
}

/** The relay has told what is asked. */
export function surveyTold(session: number, survey: Survey): void {
  const customer = asked.get(session);
  asked.delete(session);
  const by = desk.value?.person.id;
  if (customer === undefined || by === undefined || survey.answered || (survey.kind ?? "none") === "none") return;
  keep([...all.value.filter((each) => each.session !== session), { session, customer, by, survey, answers: {} }]);
}

/** Keep what is typed of one answer. */
export function typed(session: number, question: number, answer: string): void {
  keep(
    all.value.map((each) =>
      each.session === session ? { ...each, answers: { ...each.answers, [question]: answer } } : each,
    ),
  );
}

/** Ask no more: it was answered, or is not going to be. */
export function dropSurvey(session: number): void {
  keep(all.value.filter((each) => each.session !== session));
  if (answering.value === session) answering.value = undefined;
}

/** Send what was typed. Returns why not, then it is all still there. */
export async function sendAnswers({ session, survey, answers }: DueSurvey): Promise<string> {
  const given = Object.fromEntries(Object.entries(answers).filter(([, answer]) => answer !== ""));
  const failed = await attempt({
    type: "answer_survey",
    session,
    answers: { reference: survey.reference ?? "", answers: given },
  });
  switch (failed?.problem) {
    case undefined:
      dropSurvey(session);
      toast(t("Your answers were sent."));
      return "";
    case "answered":
      dropSurvey(session);
      toast(t("This survey was already answered. The first answers are kept."));
      return "";
    case "answers_refused":
      return t("Some answers are missing or too long.");
    case "no_answers":
      return t("Answer at least one question.");
    case "no_survey":
    case "other_survey":
    case "no_such_session":
      return t("This survey can no longer be answered.");
    default:
      return t("Your answers could not be sent. They are still here: try again later.");
  }
}

function keep(now: readonly DueSurvey[]): void {
  all.value = now.slice(-MOST);
  sessionStorage.setItem(KEPT, JSON.stringify(all.value));
}

function kept(): readonly DueSurvey[] {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as DueSurvey[]; // nothing but this page writes it
}
