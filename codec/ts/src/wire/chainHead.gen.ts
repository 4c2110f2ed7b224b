// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const DIGEST_BYTES = 32;
export const KEY_BYTES = 32;
