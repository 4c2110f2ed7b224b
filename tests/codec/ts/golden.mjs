/** What both languages are held to (tests/codec/golden), and bytes as it writes them. */

import { readFileSync } from "node:fs";

export const kept = (name) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));
export const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
export const hex = (data) => Buffer.from(data).toString("hex");
