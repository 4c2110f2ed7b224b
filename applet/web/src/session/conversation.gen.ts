// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const CHAT_KEPT = 2_000;
export const CHAT_RATE = { perSecond: 10, burst: 400 } as const;
