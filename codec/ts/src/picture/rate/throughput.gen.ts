// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const TELLING_BYTES = 5_600;
export const ENOUGH_BYTES = 16_384;
export const KEPT_SECONDS = 30;
