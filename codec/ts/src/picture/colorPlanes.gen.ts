// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const FRACTION_BITS = 16;
export const CHROMA_BITS = 4;
export const REACH = 1;
export const Matrix = { BT709: 1, BT601: 6 } as const;
export type Matrix = (typeof Matrix)[keyof typeof Matrix];
export const FACTORS = {
  BT709: { limited: { black: 16, luma: 76_309, redOfCr: 117_489, greenOfCb: 13_975, greenOfCr: 34_925, blueOfCb: 138_438 }, full: { black: 0, luma: 65_536, redOfCr: 103_206, greenOfCb: 12_276, greenOfCr: 30_679, blueOfCb: 121_609 } },
  BT601: { limited: { black: 16, luma: 76_309, redOfCr: 104_597, greenOfCb: 25_675, greenOfCr: 53_279, blueOfCb: 132_201 }, full: { black: 0, luma: 65_536, redOfCr: 91_881, greenOfCb: 22_553, greenOfCr: 46_802, blueOfCb: 116_130 } },
} as const;
