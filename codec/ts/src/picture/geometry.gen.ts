// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const TILE = 16;
export const MAX_SIDE = 16_384;
export const MAX_PIXELS = 33_177_600;
