/** The picture's decoder on its own, for the tests that hold it against Python's. */

export { BadPacketError, Decoder } from "./decoder";
export { loadZstd } from "./zstd";
