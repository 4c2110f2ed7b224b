// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const KEY_BYTES = 32;
export const SEAL_OVERHEAD = 16;
