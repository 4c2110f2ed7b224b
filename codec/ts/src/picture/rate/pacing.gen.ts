// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const FRAME_SECONDS = 0.016666666666666666;
export const SLACK_SECONDS = 0.01;
export const FIRST_BYTES_PER_SECOND = 500_000;
export const LEAST = 4_000;
export const MOST = 250_000_000;
export const MEMORY_SECONDS = 10;
export const TELLING_SECONDS = 0.003;
export const LATE_SECONDS = 0.03;
export const LATE = 1.5;
export const UP = 0.5;
export const DOWN = 0.7;
export const LEAP = 2;
export const CREEP = 1.1;
