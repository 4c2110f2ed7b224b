// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const FLAT = 1;
export const LEAST_LUMA = 288;
export const LEAST_CHROMA = 18;
export const WEIGHT = 32;
export const SLOPE_BITS = 16;
export const MOST_SLOPE = 262_144;
export const GREY = 128;
export const SOME_GREY = 3;
export const MOST_GREY = 6;
export const TOLERANCES = [16, 4, 16] as const;
export const QUARTERS = 4;
export const PARTS = 64;
