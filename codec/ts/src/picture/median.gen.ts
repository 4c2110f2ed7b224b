// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const PLANES = 3;
export const PIXELS = 256;
export const HALVES = 128;
export const SMALL = 7;
export const OUTSIDE = 15;
