/** Films frames of planes or pixels as a customer's page does, and reads them again as a console's does. */

import { readHeader } from "@deskside/codec/picture/packet";
import { videoPacket } from "@deskside/codec/picture/videoPackets";
import { VideoReader } from "@deskside/codec/picture/video";
import { Film, writesFilms } from "/join/capture/film.js";

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const text = (data) => {
  let letters = "";
  for (let at = 0; at < data.length; at += 8192) letters += String.fromCharCode(...data.subarray(at, at + 8192));
  return btoa(letters);
};

/** Return each packet with what the console's half shows of it (R, G, B and a fourth byte); null where one was left out. */
globalThis.film = async ({ width, height, frames, rates, whole }) => {
  if (!(await writesFilms(width, height))) throw new Error("this browser writes no films");
  const film = new Film(width, height);
  const pixels = new Uint32Array(width * height);
  let reader;
  const shown = [];
  for (const [number, { data, ...init }] of frames.entries()) {
    const frame = new VideoFrame(bytes(data), { timestamp: number, ...init });
    const written = await film.write(frame, rates[number], whole.includes(number), number / 30);
    frame.close();
    if (written === null) {
      shown.push(null);
      continue;
    }
    const packet = videoPacket(width, height, written.video, written.restarts);
    const { video } = readHeader(packet);
    if (video.restarts) {
      reader?.close();
      reader = new VideoReader(width, height);
    }
    await reader.paint(video.packet, video, pixels, width);
    shown.push([text(packet), text(new Uint8Array(pixels.buffer))]);
  }
  film.close();
  return shown;
};
