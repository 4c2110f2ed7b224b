// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type Access = "view" | "control" | "clipboard" | "record";

export const FUNCTIONS = { view: "desktop_view", control: "remote_control", clipboard: "clipboard_sync", record: "record" } as const;
