/** A worker that encodes what it draws, as a customer's page does: frames are copied straight into the encoder's memory. */

import { Encoder } from "/picture/encoder.js";

const LINES = [0, 7, 8, 40, 41];

/** Text on a canvas, scrolled by so many lines. */
function draw(context, { width, height }, lines) {
  context.fillStyle = "#f4f1ea";
  context.fillRect(0, 0, width, height);
  context.font = "13px sans-serif";
  for (let line = 0; line < 40; line += 1) {
    context.fillStyle = `hsl(${line * 37} 80% 30%)`;
    context.fillText(`${line}: the quick brown fox jumps over ${line * 7919} lazy dogs`, 3, 16 * line - lines);
  }
}

/** Return each packet, and the picture that it is of as R, G, B and 255. */
async function encoded({ width, height, format }) {
  const encoder = Encoder.create(await WebAssembly.compileStreaming(fetch("/encoder.wasm")));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { alpha: false });
  const pictures = [];
  for (const lines of LINES) {
    draw(context, canvas, lines);
    const frame = new VideoFrame(canvas, { timestamp: lines });
    const buffer = encoder.frameBuffer(width, height);
    await frame.copyTo(buffer.data, { format, layout: [{ offset: 0, stride: buffer.stride }] });
    frame.close();
    const packet = encoder.encode({ ...buffer, width, height, format });
    pictures.push([packet, context.getImageData(0, 0, width, height).data]);
  }
  return pictures;
}

addEventListener("message", async ({ data }) => postMessage(await encoded(data).catch((error) => String(error))));
