// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface Survey {
  kind?: SurveyKind;
  questions?: SurveyQuestion[];
  reference?: string;
  page?: string;
  answered?: boolean;
}

export type SurveyKind = "none" | "built_in" | "own";

export interface SurveyQuestion {
  number: number;
  text: string;
  required?: boolean;
  choices?: string[];
}

export interface SurveyAnswers {
  reference: string;
  answers: Record<string, string>;
}

export const ANSWER_CHARACTERS = 1_000;
