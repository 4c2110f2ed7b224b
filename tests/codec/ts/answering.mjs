/** Answers what Python asks, a line of JSON for each question (tests/support/node.py). */

import { createInterface } from "node:readline";

/** Answer until there are no more questions: each names one of `answers`, and what it is about. */
export async function answering(answers) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, ...about] = JSON.parse(line);
    let said;
    try {
      said = { answer: (await answers[what](...about)) ?? null };
    } catch (error) {
      said = { failed: error.stack };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
