// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const TUNNEL_PATH = "/ws/tunnel";
export const PAIRING_SECONDS = 20;
export const MAX_MESSAGE_BYTES = 65_536;
