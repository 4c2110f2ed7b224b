/** The recordings on this computer, as the page knows them. */

import { computed, signal } from "@preact/signals";
import type { Failed, KeptFile, KeptRecording } from "../wire/page.gen";
import { attempt, tell } from "./engine";

/** Undefined until the engine has looked. */
export const recordings = signal<readonly KeptRecording[] | undefined>(undefined);
/** Whether the list of recordings is in front, instead of the sessions. */
export const browsing = signal(false);
/** What the list is searched for; it is still there after a recording was played. */
export const sought = signal("");

export const recordingsById = computed(() => new Map((recordings.value ?? []).map((each) => [each.id, each])));

/** Take what changed about one recording. */
export function changed(recording: KeptRecording): void {
  recordings.value = recordings.value?.map((each) => (each.id === recording.id ? recording : each));
}

/** Return the recordings that have all words of a search in a name, a number or a date. */
export function found(
  all: readonly KeptRecording[],
  search: string,
  dateOf: (at: Date) => string,
): readonly KeptRecording[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((each) => {
    const date = each.at == null ? "" : `${dateOf(new Date(each.at))} ${each.at.slice(0, 10)}`;
    const text = [each.name, each.customer, each.technician, each.session, date].join(" ").toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Return what a recording takes on the disk, in bytes. */
export function sizeOf(recording: KeptRecording): number {
  return recording.files.reduce((sum, file) => sum + file.size, 0);
}

/** Return the kinds of its files, each once: first what was recorded, then what was made of it. */
export function kindsOf(recording: KeptRecording): string[] {
  return [...new Set(recording.files.map((file: KeptFile) => file.kind).filter(Boolean))];
}

export async function listRecordings(): Promise<Failed | undefined> {
  return attempt({ type: "list_recordings" });
}

export async function verifyRecording(recording: string): Promise<Failed | undefined> {
  return attempt({ type: "verify_recording", recording });
}

/** Make a film; returns when it is made, or stopped. */
export async function convertRecording(recording: string): Promise<Failed | undefined> {
  return attempt({ type: "convert_recording", recording });
}

export function stopConverting(recording: string): void {
  tell({ type: "stop_converting", recording });
}

export async function deleteRecording(recording: string): Promise<Failed | undefined> {
  return attempt({ type: "delete_recording", recording });
}
