// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const KEPT = 4;
export const STALL_SECONDS = 2;
export const RECENT = 16;
