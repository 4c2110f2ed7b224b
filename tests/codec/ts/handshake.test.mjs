/** Handshakes in both roles, honest and attacked, come to what they come to in Python. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ends } from "./ends.mjs";
import { kept } from "./golden.mjs";

const { Handshake, RANDOM_BYTES } = await import(`${process.env.CODEC}/session/handshake.js`);
const cases = kept("handshake");

test("there are kept handshakes", () => assert.ok(cases.length > 100));

for (const { name, setting, deeds } of cases) {
  test(name, () => {
    const ends = new Ends(setting);
    for (const [place, [deed, outcome]] of deeds.entries()) assert.deepEqual(ends.do(deed), outcome, `deed ${place}`);
  });
}

const drawn = () => crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));

test("only the console starts", () => {
  assert.throws(() => new Handshake("applet", "7", undefined, drawn()).start(), RangeError);
});

test("randomness must be whole", () => {
  for (const length of [0, 64, RANDOM_BYTES - 1, RANDOM_BYTES + 1]) {
    assert.throws(() => new Handshake("applet", "7", "1", new Uint8Array(length).fill(1)), RangeError);
  }
});

test("SPAKE2 never works with a scalar of nothing", () => {
  assert.throws(() => new Handshake("applet", "7", "1", new Uint8Array(RANDOM_BYTES)), RangeError);
});

test("half a character is no part of a secret", () => {
  for (const secret of ["\ud83d", "a\ude00b"]) {
    assert.throws(() => new Handshake("applet", "7", secret, drawn()), RangeError);
  }
});

test("a step that arrives in a part of a larger buffer, which is used again, is taken all the same", () => {
  const [console, applet] = ["console", "applet"].map((role) => new Handshake(role, "7", "7421", drawn()));
  const buffer = new Uint8Array(1_000);
  const through = (step) => {
    buffer.fill(0xee);
    buffer.set(step, 100);
    return buffer.subarray(100, 100 + step.length);
  };
  const commit = console.start();
  const share = applet.receive(through(commit));
  const reveal = console.receive(through(share));
  assert.deepEqual(applet.receive(commit), share);
  assert.deepEqual(console.receive(share), reveal);
  assert.equal(console.receive(through(applet.receive(through(reveal)))), undefined);
  assert.deepEqual(console.agreement, applet.agreement);
  assert.equal(applet.agreement.root.length, 32);
});
