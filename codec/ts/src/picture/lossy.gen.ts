// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const PLANES = 3;
export const COLOUR = 2;
export const COSINES = [0, 90, 89, 87, 83, 80, 75, 70, 64, 57, 50, 43, 36, 25, 18, 9, 0] as const;
