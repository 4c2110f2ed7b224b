// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const TICK_SECONDS = 0.5;
export const ACKNOWLEDGE_SECONDS = 0.03;
export const MOST_LINKS = 8;
