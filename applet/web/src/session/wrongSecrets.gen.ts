// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const KEPT_SECONDS = 86_400;
export const MAX_CODES = 200;
