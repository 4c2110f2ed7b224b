// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const SOLID = 0;
export const TWO = 1;
export const PART = 2;
export const PHOTO = 3;
export const PLAIN = 4;
export const LOSSY = 5;
export const MEDIAN = 6;
export const SIZES: Readonly<Record<number, number>> = { 0: 3, 1: 38, 2: 32, 3: 768, 4: 768 };
export const PIXELS = 256;
export const MARKS = 32;
export const MAX_TILE_BYTES = 801;
