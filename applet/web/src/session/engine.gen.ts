// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const AWAY_SECONDS = 60;
export const CHANGE_SECONDS = 1;
export const QUESTIONS_RATE = { perSecond: 0.5, burst: 8 } as const;
