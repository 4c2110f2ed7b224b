// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type How = "secret" | "words";

export type HandshakeProblem = "malformed" | "secrets_differ" | "changed_on_the_way" | "too_many_attempts" | "no_guess_left" | "unconfirmed";

export const HANDSHAKE_VERSION = 2;
export const PUBLIC_BYTES = 32;
export const NONCE_BYTES = 32;
export const SPAKE_BYTES = 33;
export const PROOF_BYTES = 32;
export const COMMITMENT_BYTES = 32;
export const ANSWERS_BYTES = 8;
export const MAX_STEP_BYTES = 1_024;
export const SPAKE_RANDOM_BYTES = 64;
export const RANDOM_BYTES = 128;
export const AGAIN = Uint8Array.of(146, 165, 97, 103, 97, 105, 110, 2);
