// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const CHANNEL = 0;
export const HIGH_WATER_BYTES = 65_536;
export const LOW_WATER_BYTES = 32_768;
export const MAX_WAITING_MESSAGES = 1_024;
export const MAX_WAITING_BYTES = 8_388_608;
export const MAX_MESSAGE_BYTES = 65_536;
export const MAX_CANDIDATES = 64;
export const ATTEMPT_SECONDS = 30;
