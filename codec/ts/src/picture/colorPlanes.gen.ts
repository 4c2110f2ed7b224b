// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const FRACTION_BITS = 16;
export const Matrix = { BT709: 1, BT601: 6 } as const;
export type Matrix = (typeof Matrix)[keyof typeof Matrix];
export const FACTORS = {
  BT709: { limited: [16, 76_309, 117_489, 13_975, 34_925, 138_438], full: [0, 65_536, 103_206, 12_276, 30_679, 121_609] },
  BT601: { limited: [16, 76_309, 104_597, 25_675, 53_279, 132_201], full: [0, 65_536, 91_881, 22_553, 46_802, 116_130] },
} as const;
