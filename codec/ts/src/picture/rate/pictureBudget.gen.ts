// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const HELPING_SECONDS = 0.025;
export const VIEWER_TIMES = 3;
export const PACKET_BYTES = 1_400;
export const TELLS = 3;
