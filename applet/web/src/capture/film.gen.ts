// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const RATES = [100_000, 6_000_000] as const;
export const SHARE = 0.7;
export const LESS = 0.7;
export const MORE = 2;
export const PATIENCE_SECONDS = 3;
