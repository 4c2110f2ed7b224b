// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const FIRST_RETRY_SECONDS = 0.3;
export const LAST_RETRY_SECONDS = 20;
export const URGENT_RETRY_SECONDS = 2;
export const BUSY_TRIES = 8;
