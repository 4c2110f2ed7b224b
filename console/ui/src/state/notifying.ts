/** What the technician is told while the page is not in front: of what, and how. Kept in this browser for each of them. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { computed, signal } from "@preact/signals";
import { t } from "../texts/texts";
import type { ChatLine } from "../wire/page.gen";
import { desk, show } from "./console";
import { isIncoming } from "./handOver";
import { toast } from "./toasts";

/** Of what. */
export const OCCASIONS = ["waiting", "transfer", "chat"] as const;
export type Occasion = (typeof OCCASIONS)[number];

interface Choice {
  /** Whether the desktop shows a notification, as far as the browser lets it. */
  desktop: boolean;
  sound: boolean;
  of: readonly Occasion[];
}

const KEPT = "deskside-notifying";
/** So long ago something may have happened and still be news: a page that is loaded again hears the old lines too. */
const NEWS_MS = 10_000;
/** Two notes, the second higher: their frequencies in hertz, and how long each lasts in seconds. */
const NOTES = [660, 880] as const;
const NOTE_SECONDS = 0.14;
const LOUDNESS = 0.15;

const changes = signal(0);
const choice = computed<Choice>(() => {
  void changes.value;
  return kept();
});
/** What the browser lets this page do. */
const permission = signal<NotificationPermission>(
  typeof Notification === "undefined" ? "denied" : Notification.permission,
);

/** Whether the desktop shows notifications: chosen, and let by the browser. */
export const showsOnDesktop = computed(() => choice.value.desktop && permission.value === "granted");
export const sounds = computed(() => choice.value.sound);

/** Whether the technician wants to be told of this. */
export function isToldOf(occasion: Occasion): boolean {
  return choice.value.of.includes(occasion);
}

/** Want to be told of this, or no longer. */
export function toggleOccasion(occasion: Occasion): void {
  const of = choice.value.of.filter((each) => each !== occasion);
  keep({ of: isToldOf(occasion) ? of : [...of, occasion] });
}

/** Want notifications on the desktop, or no longer. The browser asks for its permission only now, after the click. */
export async function toggleDesktop(): Promise<void> {
  if (showsOnDesktop.value) {
    keep({ desktop: false });
    return;
  }
  if (typeof Notification !== "undefined") permission.value = await Notification.requestPermission();
  keep({ desktop: permission.value === "granted" });
  if (permission.value === "denied")
    toast(t("The browser does not let this page show notifications. Allow them in its settings for this address."));
}

/** Want a sound, or no longer; it is heard once, so that its loudness is known. */
export function toggleSound(): void {
  keep({ sound: !choice.value.sound });
  if (choice.value.sound) ring();
}

/** A session has changed: whoever begins to wait, or was handed over to this technician, is news. */
export function tellOfSession(before: Session | undefined, session: Session, name: string): void {
  if (isIncoming(session) && (before === undefined || !isIncoming(before)))
    notify("transfer", session.id, t("{name} was handed over to you", { name }), undefined);
  else if (session.state === "waiting" && before?.state !== "waiting")
    notify("waiting", session.id, t("{name} is waiting", { name }), undefined);
}

/** A line was written. What it says is not shown on the desktop, which others may see. */
export function tellOfLine(line: ChatLine, name: string): void {
  if (line.who !== "customer" || Date.now() - Date.parse(line.at) > NEWS_MS) return;
  notify("chat", line.session, t("{name} wrote to you", { name }), line.session);
}

/** Tell of something, unless the page is in front. `opens` is the session that a click brings to the front. */
function notify(occasion: Occasion, session: number, title: string, opens: number | undefined): void {
  if (document.hasFocus() || !isToldOf(occasion)) return;
  if (sounds.value) ring();
  if (!showsOnDesktop.value) return;
  // Of one session there is one notification, however many pages of the console are open.
  const shown = new Notification(title, {
    body: desk.value?.organisation ?? "",
    tag: `deskside-${session}`,
    silent: true,
  });
  shown.onclick = () => {
    window.focus();
    show(opens);
    shown.close();
  };
}

let player: AudioContext | undefined;

function ring(): void {
  player ??= new AudioContext();
  void player.resume();
  NOTES.forEach((frequency, place) => {
    const [tone, gain, at] = [
      player!.createOscillator(),
      player!.createGain(),
      player!.currentTime + place * NOTE_SECONDS,
    ];
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(LOUDNESS, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
    tone.connect(gain).connect(player!.destination);
    tone.start(at);
    tone.stop(at + NOTE_SECONDS);
  });
}

function place(): string {
  return `${KEPT}-${desk.value?.person.id ?? ""}`;
}

function keep(changed: Partial<Choice>): void {
  localStorage.setItem(place(), JSON.stringify({ ...choice.value, ...changed }));
  changes.value += 1;
}

function kept(): Choice {
  const usual: Choice = { desktop: false, sound: false, of: OCCASIONS };
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(place()) ?? "{}") as Partial<Choice>) };
  } catch {
    return usual;
  }
}
