/** What is said for a while at the edge of the page. */

import { signal } from "@preact/signals";

const TOAST_MS = 8_000;
const MOST = 4;

export interface Toast {
  number: number;
  text: string;
  /** A new toast takes the place of the one before it that is about the same. */
  about?: string;
}

export const toasts = signal<readonly Toast[]>([]);

let last = 0;

export function toast(text: string, about?: string): void {
  last += 1;
  const made = { number: last, text, about };
  toasts.value = [...toasts.value.filter((each) => about === undefined || each.about !== about), made].slice(-MOST);
  setTimeout(() => dismiss(made.number), TOAST_MS);
}

export function dismiss(number: number): void {
  toasts.value = toasts.value.filter((each) => each.number !== number);
}
