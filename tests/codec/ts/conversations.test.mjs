/** Two path managers of TypeScript say in each kept conversation what Python's say, to the byte. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Conversation } from "./conversation.mjs";

const kept = JSON.parse(readFileSync(new URL("../golden/conversations.json", import.meta.url), "utf8"));

for (const { name, steps, answers } of kept) {
  test(name, () => {
    const conversation = new Conversation();
    for (const [number, step] of steps.entries()) {
      assert.deepEqual(conversation.take(step), answers[number], `step ${number}: ${JSON.stringify(step).slice(0, 80)}`);
    }
  });
}
