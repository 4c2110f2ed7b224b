// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type ToolName = "camera" | "chat" | "clipboard" | "drawing" | "input" | "picture" | "pointing" | "recording";

