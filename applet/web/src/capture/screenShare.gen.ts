// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const REARRANGED_SECONDS = 0.3;
