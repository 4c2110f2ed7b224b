/** Base64 as the relay's JSON has it: with padding, and nothing else in it. */

/** Return the text for bytes. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));
}

/** Return the bytes of a text, null where it is no base64. */
export function fromBase64(text: string): Uint8Array | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}
