// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const GROWTH = 1.5;
export const MOST_STEPS = 40;
