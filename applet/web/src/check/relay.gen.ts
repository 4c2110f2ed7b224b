// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export interface AskTime {
  type: "ask_time";
}

export interface AskBytes {
  type: "ask_bytes";
}

export interface Time {
  type: "time";
  now: string;
}

export interface Taken {
  type: "taken";
  size: number;
}

export type FromCheck = AskTime | AskBytes;
export type ToCheck = Time | Taken;
export const CHECK_PATH = "/ws/check";
export const PART_BYTES = 16_384;
export const MOST_BYTES = 524_288;
