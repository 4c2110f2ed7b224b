/** The customer is told the same on either side: tests/vectors.py has what Python says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const { customersCause, factsOf } = await import(`${process.env.CODEC}/session/diagnosis.js`);
const cases = JSON.parse(readFileSync(new URL("../golden/diagnosis.json", import.meta.url), "utf8"));

test("the customer is told of the same cause", () => {
  for (const { cause, ...stats } of cases) {
    assert.equal(customersCause(factsOf({ kind: "stats", ...stats })) ?? "", cause, JSON.stringify(stats));
  }
  assert.ok(new Set(cases.map(({ cause }) => cause)).size === 5, "each cause, and none");
});
