// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type Access = "view" | "control" | "clipboard" | "camera" | "record";

export const FUNCTIONS = { view: "desktop_view", control: "remote_control", clipboard: "clipboard_sync", camera: "lens", record: "record" } as const;
