/** Keys, seals, words, permits and signed heads are Python's, byte for byte. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, kept } from "./golden.mjs";

const { derive, Seal, SealBrokenError, SEAL_OVERHEAD } = await import(`${process.env.CODEC}/session/seal.js`);
const { sasWords } = await import(`${process.env.CODEC}/session/sas.js`);
const { BadPermitError, readPermit } = await import(`${process.env.CODEC}/wire/permits.js`);
const { headToSign, isSigned, SigningKey } = await import(`${process.env.CODEC}/wire/chainHead.js`);

test("keys are derived as in Python", () => {
  const cases = kept("seal").filter((each) => each.derive !== undefined);
  assert.ok(cases.length > 0);
  for (const { derive: [key, purpose, context, length], gives } of cases) {
    assert.equal(hex(derive(bytes(key), purpose, bytes(context), length)), gives);
  }
});

test("frames are sealed as in Python", () => {
  const { key, close, gives } = kept("seal").find((each) => each.close !== undefined);
  const seal = new Seal(bytes(key));
  for (const [place, frame] of close.entries()) {
    const sealed = seal.close(bytes(frame));
    assert.equal(hex(sealed), gives[place]);
    assert.equal(sealed.length, frame.length / 2 + SEAL_OVERHEAD);
  }
});

const orders = kept("seal").filter((each) => each.open !== undefined);
assert.ok(orders.length > 0);
for (const { open, sealed, gives } of orders) {
  test(`frames open as in Python: ${open}`, () => {
    const seal = new Seal(Uint8Array.from({ length: 32 }, (_each, at) => at));
    for (const [place, frame] of sealed.entries()) {
      if (gives[place] === null) assert.throws(() => seal.open(bytes(frame)), SealBrokenError);
      else assert.equal(hex(seal.open(bytes(frame))), gives[place]);
    }
  });
}

test("a key of another length is refused", () => {
  assert.throws(() => new Seal(new Uint8Array(31)), RangeError);
});

test("two people read the same words", () => {
  for (const { key, words } of kept("sas")) assert.deepEqual(sasWords(bytes(key)), words);
  assert.throws(() => sasWords(Uint8Array.of(1, 2)), RangeError);
});

for (const { name, statement, signature, relay_key, permits } of kept("permits")) {
  test(`permit: ${name}`, () => {
    const signed = { statement: bytes(statement), signature: bytes(signature) };
    const read = () => readPermit(signed, bytes(relay_key), 7);
    if (permits === null) assert.throws(read, BadPermitError);
    else assert.deepEqual(read(), permits);
  });
}

test("a number that JavaScript does not hold exactly is refused, not rounded", () => {
  const key = new SigningKey(new Uint8Array(32).fill(7));
  for (const [number, good] of [
    [2n ** 53n - 1n, true],
    [2n ** 53n, false],
    [2n ** 64n - 1n, false],
  ]) {
    const fields = `84a773657373696f6e07aa746563686e696369616e03a96973737565645f6174cf${number.toString(16).padStart(16, "0")}`;
    const statement = bytes(`${fields}a966756e6374696f6e7390`);
    const signed = { statement, signature: key.sign(Buffer.concat([Buffer.from("deskside permit 1\0"), statement])) };
    if (good) assert.equal(readPermit(signed, key.publicKey, 7).issued_at, Number(number));
    else assert.throws(() => readPermit(signed, key.publicKey, 7), BadPermitError);
  }
  for (const wrong of [2 ** 53, -1, 0.5, Number.NaN]) {
    assert.throws(() => headToSign(wrong, new Uint8Array(32)), RangeError);
  }
});

test("heads are signed as in Python", () => {
  const [{ private: secret, public: publicKey, heads }] = kept("chain_head");
  const key = new SigningKey(bytes(secret));
  assert.equal(hex(key.publicKey), publicKey);
  for (const { number, digest, statement, signature } of heads) {
    const said = headToSign(number, bytes(digest));
    assert.equal(hex(said), statement);
    assert.equal(hex(key.sign(said)), signature);
    assert.ok(isSigned(said, bytes(signature), key.publicKey));
    said[30] ^= 1;
    assert.ok(!isSigned(said, bytes(signature), key.publicKey));
  }
  assert.throws(() => headToSign(1, new Uint8Array(31)), RangeError);
  assert.throws(() => new SigningKey(new Uint8Array(31)), RangeError);
});
