/** Kept messages are read and written as Python does it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, kept } from "./golden.mjs";

const { pack, unpack } = await import(`${process.env.CODEC}/wire/messages.js`);
const revived = (message) => JSON.parse(JSON.stringify(message), (_key, value) => (value?.hex === undefined ? value : bytes(value.hex)));

for (const { message, packed } of kept("messages")) {
  test(`${message.kind}: ${packed.slice(0, 24)}`, () => {
    const wanted = revived(message);
    assert.deepEqual(unpack(bytes(packed)), wanted);
    assert.equal(hex(pack(wanted)), packed);
  });
}

test("a field that is undefined is left out", () => {
  assert.deepEqual(unpack(pack({ kind: "watch", display: 1, films: undefined })), { kind: "watch", display: 1 });
});

test("half a character becomes the one that stands for what cannot be written", () => {
  for (const [text, written] of [
    ["a\ud83d", "a\ufffd"],
    ["\ude00b", "\ufffdb"],
    ["\ud83d\ude00", "\ud83d\ude00"],
  ]) {
    assert.equal(unpack(pack({ kind: "type_text", text })).text, written);
  }
});

test("and so it does in whatever a message says, deep in it too", () => {
  const display = { id: 1, name: "left \ud83d", x: 0, y: 0, width: 1, height: 1 };
  assert.equal(unpack(pack({ kind: "displays", displays: [display] })).displays[0].name, "left \ufffd");
  assert.equal(unpack(pack({ kind: "notice", trouble: "cannot_type", on: true, detail: "\udc00" })).detail, "\ufffd");
  const pixels = bytes("eda080");
  assert.deepEqual(unpack(pack({ kind: "pointer_shape", width: 1, height: 1, hot_x: 0, hot_y: 0, pixels })).pixels, pixels);
});

test("what is no MessagePack is refused", () => {
  assert.throws(() => unpack(bytes("c1")));
  assert.throws(() => unpack(bytes("81a46b")));
});

test("a list of texts, whole numbers and bytes is read to its end, and nothing else is", async () => {
  const { FormError, readList } = await import(`${process.env.CODEC}/wire/messagePack.js`);
  assert.deepEqual(readList(bytes("95a16107d1fffec40102cf0000000100000000")), ["a", 7, -2, bytes("02"), 2n ** 32n]);
  for (const other of ["", "c0", "80", "91", "91c0", "91c3", "91cb3ff0000000000000", "9190", "9180", "9107c0", "91c40201", "91a1ff"]) {
    assert.throws(() => readList(bytes(other)), FormError, other);
  }
});
