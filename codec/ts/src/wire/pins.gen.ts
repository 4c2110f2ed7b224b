// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const SHORT_DIGITS = 6;
export const LONG_DIGITS = 9;
export const LONG_FIRST = "9";
export const SECRET_DIGITS = 4;
export const MAX_SECRET_DIGITS = 8;
export const SENT_LINK_CHARACTERS = 20;
