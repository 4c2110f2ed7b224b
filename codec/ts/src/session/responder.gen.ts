// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const ATTEMPTS = 8;
export const SECRET_GUESSES = 3;
