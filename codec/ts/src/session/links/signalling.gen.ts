// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const CONNECT_SECONDS = 10;
export const HEARTBEAT_SECONDS = 15;
export const PROBE_SECONDS = 1.5;
export const CLOSE_SECONDS = 2;
export const TRY_AGAIN_LATER = 1_013;
export const BUSY_SECONDS = 2;
