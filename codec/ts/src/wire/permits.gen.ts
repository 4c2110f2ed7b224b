// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type Function = "remote_control" | "desktop_view" | "clipboard_sync" | "lens" | "record" | "record_consent" | "record_always" | "chat" | "chat_toggle" | "chat_kept" | "send_urls";

export interface Permit {
  session: number;
  technician: number;
  issued_at: number;
  functions: string[];
}

export interface SignedPermit {
  statement: Uint8Array;
  signature: Uint8Array;
}

export const PURPOSE = Uint8Array.of(100, 101, 115, 107, 115, 105, 100, 101, 32, 112, 101, 114, 109, 105, 116, 32, 49, 0);
