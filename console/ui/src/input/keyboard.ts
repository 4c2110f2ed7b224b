/** The technician's keyboard as session messages. Text that is composed (dead keys, input methods) goes as text. */

import { Modifier, type PageMessage } from "@deskside/codec/wire/messages";

const COMPOSING = new Set(["Dead", "Process", "Compose", "Unidentified"]);

/** Ctrl+Alt+Home leaves the viewer, as it does in other remote desktops; nothing else is kept from the customer. */
export function isWayOut(event: KeyboardEvent): boolean {
  return event.code === "Home" && event.ctrlKey && event.altKey;
}

/** Return the message for a key, or undefined while a character is being composed. */
export function keyMessage(event: KeyboardEvent, down: boolean): PageMessage | undefined {
  if (event.isComposing || COMPOSING.has(event.key)) return undefined;
  const text = [...event.key].length === 1 ? event.key : "";
  return { kind: "key", down, code: event.code, symbol: event.key, text, modifiers: modifiersOf(event) };
}

/** Return the bits of what is held. */
function modifiersOf(event: KeyboardEvent): number {
  const graph = event.getModifierState("AltGraph");
  return (
    (event.shiftKey ? Modifier.SHIFT : 0) |
    (event.ctrlKey && !graph ? Modifier.CONTROL : 0) |
    (event.altKey && !graph ? Modifier.ALT : 0) |
    (event.metaKey ? Modifier.META : 0) |
    (graph ? Modifier.ALT_GRAPH : 0) |
    (event.getModifierState("CapsLock") ? Modifier.CAPS_LOCK : 0) |
    (event.getModifierState("NumLock") ? Modifier.NUM_LOCK : 0)
  );
}

/** Return the messages that press a combination and let go of it again: codes like "ControlLeft", "Delete". */
export function combination(codes: readonly string[]): PageMessage[] {
  const key = (code: string, down: boolean): PageMessage => ({ kind: "key", down, code, symbol: symbolOf(code) });
  return [...codes.map((code) => key(code, true)), ...codes.toReversed().map((code) => key(code, false))];
}

function symbolOf(code: string): string {
  return code.replace(/Left$|Right$/, "").replace(/^Key(.)$/, (_all, letter: string) => letter.toLowerCase());
}

/** Combinations that this computer would keep for itself. */
export const SPECIAL_KEYS: readonly (readonly [string, readonly string[]])[] = [
  ["Ctrl+Alt+Del", ["ControlLeft", "AltLeft", "Delete"]],
  ["Ctrl+Shift+Esc", ["ControlLeft", "ShiftLeft", "Escape"]],
  ["Alt+Tab", ["AltLeft", "Tab"]],
  ["Alt+F4", ["AltLeft", "F4"]],
  ["Windows key", ["MetaLeft"]],
  ["Win+L", ["MetaLeft", "KeyL"]],
  ["Print Screen", ["PrintScreen"]],
  ["Ctrl+Alt+Home", ["ControlLeft", "AltLeft", "Home"]],
];
