/** Two path managers of TypeScript say in each kept conversation what Python's say, to the byte. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "./conversation.mjs";
import { kept } from "./golden.mjs";

for (const { name, steps, answers } of kept("conversations")) {
  test(name, () => {
    const conversation = new Conversation();
    for (const [number, step] of steps.entries()) {
      assert.deepEqual(conversation.take(step), answers[number], `step ${number}: ${JSON.stringify(step).slice(0, 80)}`);
    }
  });
}
