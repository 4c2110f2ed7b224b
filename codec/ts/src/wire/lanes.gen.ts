// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const Lane = { CONTROL: 0, PICTURE: 1, BULK: 2 } as const;
export type Lane = (typeof Lane)[keyof typeof Lane];
