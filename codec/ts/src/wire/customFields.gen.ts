// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface CustomField {
  label?: string;
  shown?: boolean;
  required?: boolean;
  choices?: string[];
}

export const NAME_CHARACTERS = 128;
export const FIELD_CHARACTERS = 64;
export const CUSTOM_FIELDS = 5;
