/** The picture's decoder on its own, for the tests that hold it against Python's. */

export { loadZstd } from "./code";
export { Decoder } from "./decoder";
export { BadPacketError } from "./errors";
export { PictureQueue } from "./queue";
export { decodesFilms } from "./video";
