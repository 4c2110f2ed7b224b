// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const PACKET_BYTES = 1_400;
export const TELLS = 3;
