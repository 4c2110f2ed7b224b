// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const DATA = 1;
export const ACK = 2;
export const DATA_HEAD_BYTES = 7;
export const ACKNOWLEDGE_CHUNKS = 16;
