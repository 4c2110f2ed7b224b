// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const LinkKind = { RELAYED: 0, DIRECT: 1 } as const;
export type LinkKind = (typeof LinkKind)[keyof typeof LinkKind];
export const MAGIC = Uint8Array.of(68, 83, 75, 49);
export const NONCE_BYTES = 16;
export const PROOF = 16;
export const SWITCH = 17;
export const PING = 18;
export const PONG = 19;
export const PLEASE = 20;
export const GREETING_SECONDS = 10;
export const SILENCE_SECONDS = 3;
export const DOUBT_SECONDS = 1.2;
export const LONE_SILENCE_SECONDS = 10;
export const IDLE_PING_SECONDS = 15;
export const BUSY_PING_SECONDS = 1;
export const MOST_PINGS = 64;
export const EMPTY_FRAMES = { perSecond: 2_000, burst: 8_000 } as const;
