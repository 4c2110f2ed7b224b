/** Why the technician sees the screen late or blurred: as codec/session/diagnosis.py, whose rules these are. Pure. */

import type { Stats } from "../wire/messages.gen.ts";
import { CUSTOMER_RULES } from "./diagnosis.gen.ts";

/** What was measured, by name. */
export type Facts = Readonly<Record<string, number>>;
export type CustomersCause = (typeof CUSTOMER_RULES)[number]["cause"];

/** Return what the customer's side has measured, by name. */
export function factsOf({ busy_percent, dark, kind: _, ...numbers }: Stats): Facts {
  const busy = busy_percent == null ? null : busy_percent / 100;
  const known = { ...numbers, busy, dark: dark ? 1 : 0 };
  return Object.fromEntries(Object.entries(known).filter((fact): fact is [string, number] => fact[1] != null));
}

/** Return what the customer is told of, null where all is well. */
export function customersCause(facts: Facts): CustomersCause | null {
  const found = CUSTOMER_RULES.filter(({ least, most }) => holds(least, most, facts));
  return [...found].sort((one, other) => other.confidence - one.confidence)[0]?.cause ?? null;
}

/** A `most` of what was not measured holds, a `least` does not; each of these rules has one. */
function holds(least: Facts, most: Facts, facts: Facts): boolean {
  return (
    Object.entries(least).every(([name, value]) => (facts[name] ?? Number.NEGATIVE_INFINITY) >= value) &&
    Object.entries(most).every(([name, value]) => (facts[name] ?? value) <= value)
  );
}
