/** What a new password must have, as relay/credentials/password_strength.py says it (a test compares them); the relay decides. */

export type Level = "good" | "strong" | "excellent";
export interface Rule {
  rule: "length" | "three" | "four" | "strong" | "once";
  met: boolean;
}

const KINDS = [/^\p{Ll}$/u, /^\p{Lu}$/u, /^\p{Nd}$/u];

/** Return each rule of a level, and whether a password meets it. */
export function meets(password: string, least: Level): Rule[] {
  const characters = [...password];
  const kinds = new Set(characters.map((each) => KINDS.findIndex((kind) => kind.test(each)))).size;
  const once = characters.length > 0 && new Set(characters).size === characters.length;
  const length: Rule = { rule: "length", met: characters.length >= 8 };
  switch (least) {
    case "excellent":
      return [length, { rule: "four", met: kinds === 4 }, { rule: "once", met: once }];
    case "strong":
      return [length, { rule: "strong", met: kinds === 4 || (kinds === 3 && once) }];
    default:
      return [length, { rule: "three", met: kinds >= 3 }];
  }
}
