/** Flags that are waited for with a limit: what resumes the waiting, and that nothing of it is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

const { Flag } = await import(`${process.env.CODEC}/flag.js`);

test("who waits is resumed when it is set, or when the time is over", async () => {
  const flag = new Flag();
  assert.equal(await flag.waitFor(0.001), false);
  const waiting = [flag.waitFor(60), flag.waitFor(60)];
  flag.set();
  flag.clear();
  assert.deepEqual(await Promise.all(waiting), [true, true]);
  flag.set();
  assert.equal(await flag.waitFor(60), true);
});

test("a flag that is asked again and again, and never set, keeps nothing", async () => {
  const flag = new Flag();
  for (let turn = 0; turn < 20; turn += 1) await flag.waitFor(0);
  assert.equal(flag.waiting.size, 0);
});
