// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const AHEAD = 16;
export const PACE = { perSecond: 3.5, burst: 24 } as const;
export const LAST = 20;
export const MOST_BYTES = 4_194_304;
