// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const VERSION = 4;
export const OLDEST_VERSION = 3;
export const PLANES_VERSION = 5;
export const KEY = 1;
export const VIDEO = 2;
export const RESTARTS = 4;
export const COVERED = 8;
export const HEAD_BYTES = 10;
export const VIDEO_HEAD_BYTES = 12;
export const PLANES_HEAD_BYTES = 2;
export const MOVE_BYTES = 13;
export const MAX_MOVES = 3;
export const WINDOW_LOG = 23;
