// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export type ToolName = "chat" | "clipboard" | "input" | "picture" | "pointing" | "recording";

