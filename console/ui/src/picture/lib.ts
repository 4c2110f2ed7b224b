/** The picture's decoder on its own, for the tests that hold it against Python's. */

export { Decoder } from "@deskside/codec/picture/decoder";
export { BadPacketError } from "@deskside/codec/picture/errors";
export { PictureQueue } from "@deskside/codec/picture/queue";
export { decodesVideos } from "@deskside/codec/picture/video";
export { loadZstd } from "./code";
