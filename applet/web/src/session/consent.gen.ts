// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const DEAF_MILLISECONDS = 1_000;
