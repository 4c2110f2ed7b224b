/** Values at every border between two forms are written as the library that reads them would. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode as theirs } from "@msgpack/msgpack";
import { hex } from "./golden.mjs";

const { encode } = await import(`${process.env.CODEC}/wire/messagePackWriter.js`);
const BORDERS = [0, 5, 7, 8, 15, 16, 31, 32, 52].flatMap((bits) => [-1, 0, 1].map((by) => 2 ** bits + by));
const LENGTHS = [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 65_535, 65_536, 65_537];

test("numbers", () => {
  const numbers = BORDERS.flatMap((each) => [each, -each]);
  for (const each of [...numbers, 0.5, -1.25, 1e300, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    assert.equal(hex(encode(each)), hex(theirs(each === 0 ? 0 : each)), String(each));
  }
  for (const each of [0n, 5n, -1n, 2n ** 63n - 1n, 2n ** 64n - 1n, -(2n ** 63n)]) {
    assert.equal(hex(encode(each)), hex(theirs(each, { useBigInt64: true })), String(each));
  }
});

test("texts, bytes, lists and maps of every length", () => {
  for (const length of LENGTHS) {
    const fields = Object.fromEntries(Array.from({ length }, (_, number) => [`field ${number}`, number]));
    const values = ["x".repeat(length), "é".repeat(length), new Uint8Array(length).fill(7), Array(length).fill(true), fields];
    for (const value of values) assert.equal(hex(encode(value)), hex(theirs(value)), `${typeof value} of ${length}`);
  }
});

test("what is within another", () => {
  const value = { kind: "x", none: null, on: false, at: [{ deep: [[1.5, "ü"], new Uint8Array([1, 2])] }] };
  assert.deepEqual(decode(encode({ ...value, left_out: undefined })), value);
  assert.equal(hex(encode({ ...value, left_out: undefined })), hex(theirs(value)));
});
