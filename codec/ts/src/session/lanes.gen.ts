// Written by codec/wire/typescript.py from Python. Do not edit: run `make types`.

export const CHUNK_BYTES = 16_384;
export const LIMITS = { 0: { messageBytes: 2_097_152, unacknowledgedBytes: 4_194_304, aheadChunks: 4_294_967_296 }, 1: { messageBytes: 67_108_864, unacknowledgedBytes: 100_663_296, aheadChunks: 4_294_967_296 }, 2: { messageBytes: 8_389_632, unacknowledgedBytes: 12_582_912, aheadChunks: 2 } } as const;
