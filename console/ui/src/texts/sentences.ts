/** What codes on the wire mean, in sentences: chat events, troubles, states, refusals. */

import type { Session, SessionState } from "@deskside/codec/wire/apiTypes.gen";
import type { Notice, Trouble } from "@deskside/codec/wire/messages";
import type { Missed } from "@deskside/codec/wire/signals.gen";
import { isIncoming, isLeft, isOutgoing } from "../state/handOver";
import type { ChatLine, Connected, Failed } from "../wire/page.gen";
import { recordingStopped } from "./reasons";
import { language, number, t } from "./texts";

/** Return the sentence of a system line. */
export function eventSentence(line: ChatLine, customer: string): string {
  const name = { name: customer };
  switch (line.event) {
    case "picked_up":
      return line.by ? t("{name} picked up this session", { name: line.by }) : t("You picked up this session");
    case "auto_started":
      return t("This session started automatically");
    case "connected":
      return t("Connected, end-to-end encrypted");
    case "went_direct":
      return t("Connected directly");
    case "went_relayed":
      return t("Connected through the server");
    case "lost":
      return t("The connection was lost. It is being restored.");
    case "page_closed":
      return t("{name} closed the page or is loading it again. The session ends soon unless they come back.", name);
    case "back":
      return t("Connection restored");
    case "asked_camera":
      return t("You asked to see the camera");
    case "asked_view":
      return t("You requested viewing");
    case "asked_control":
      return t("You requested control");
    case "asked_clipboard":
      return t("You requested the clipboard");
    case "asked_record":
      return t("You requested recording");
    case "recording_began":
      return t("Recording. {name} can see that it is being recorded.", name);
    case "recording_kept":
      return t("Recording saved: {file}", { file: fileOf(line.detail ?? "") });
    case "recording_saved":
      return t("The part up to then was saved: {file}", { file: fileOf(line.detail ?? "") });
    case "recording_partly":
      return line.detail === "journal"
        ? t("An error ended the exact session file. The video is still being recorded.")
        : t(
            "An error ended the video file. The exact session file is still being recorded. You can convert it to a video later.",
          );
    case "recording_failed":
      return recordingStopped(line.detail ?? "");
    case "recording_unconfirmed":
      return t("The recording stays on this computer until you confirm where your organisation keeps recordings");
    case "recording_needed":
      return t("Your organisation requires recording. Without it you cannot view or control.");
    case "declined":
      return t("{name} said no", name);
    case "not_permitted":
      return t("{name} was not asked: your group does not have this permission", name);
    case "allowed":
      return t("{name} allowed: {what}", { ...name, what: accessList((line.detail ?? "").split(" ")) });
    case "asked_wish":
      return t("You asked for: {what}", { what: wishWord(line.detail) });
    case "declined_wish":
      return t("{name} does not do this now: {what}", { ...name, what: wishWord(line.detail) });
    case "photo_sent":
      return t("{name} sent a photo", name);
    case "released":
      return released(line.detail ?? "");
    case "page_lost":
      return t("Your console’s page was closed, so everything {name} had allowed was stopped", name);
    case "stopped_by_key":
      return t("{name} stopped everything with the stop key", name);
    case "stopped_by_button":
      return t("{name} stopped everything", name);
    case "words_compared":
      return t("You compared the words: they are the same");
    case "words_differ":
      return t("The words differ, so the session was ended. Tell your administrator.");
    case "refused_secret":
      return t("The extra digits or the link were wrong, so nothing was shared. Create a new PIN or link.");
    case "refused_burnt":
      return t(
        "The secret was tried too often without being confirmed, so nothing was shared. Create a new PIN or link.",
      );
    case "secret_unconfirmed":
      return t(
        "{name}’s computer did not confirm the secret, so nothing was shared. This PIN or link cannot be used again: create a new one.",
        name,
      );
    case "customer_restarted":
      return t("{name} loaded the page again. What was allowed before no longer holds.", name);
    case "new_words":
      return t("Connected again with a new key. Compare the new words with {name}.", name);
    case "refused_changed":
      return t("Someone tampered with the connection, so nothing was shared. Tell your administrator.");
    case "refused_protocol":
      return t("The two programs are not compatible. Update the older one.");
    case "refused_reloads":
      return t("The session ended because {name} loaded the page too many times. Create a new PIN or link.", name);
    case "refused_unconfirmed":
      return t(
        "The session ended because {name} loaded the page again before the extra digits were confirmed. Create a new PIN.",
        name,
      );
    case "ended_by_customer":
      return t("{name} ended the session", name);
    case "ended_page_closed":
      return t("{name} closed the page, so the session has ended", name);
    case "ended_by_technician":
      return t("You ended the session");
    case "ended_by_organisation":
      return t("Your organisation ended the session");
    case "ended_lost":
      return t("The session ended because the connection was not restored");
    case "ended_unused":
      return t("The session ended automatically because of inactivity");
    case "held":
      return t("You put the session on hold");
    case "resumed":
      return t("You continue the session");
    case "resumed_elsewhere":
      return t("You continue the session in another console");
    case "handed_over":
      return t("You are handing the session over to {to}", { to: line.detail ?? "" });
    case "transferred":
      return t("{by} has taken the session over", { by: line.detail ?? "" });
    case "transfer_declined":
      return t("{by} declined the session, so it is yours again", { by: line.detail ?? "" });
    case "transfer_timed_out":
      return t("No one took the session over in {minutes} min, so it is yours again", { minutes: line.detail ?? "" });
    case "taken_back":
      return t("You took the session back");
    case "ended_overstepped":
      return t("The session was ended: {name}’s program claimed permissions that you had not asked for", name);
    case "ended_flood":
      return t("The session was ended: {name}’s program sent far more than a session needs", name);
    default:
      return "";
  }
}

/** Return what was asked to be done with the camera, in words. */
function wishWord(wish = ""): string {
  const words: Record<string, string> = {
    photo: t("a photo"),
    switch: t("another camera"),
    torch_on: t("the light on"),
    torch_off: t("the light off"),
  };
  return words[wish] ?? wish;
}

function released(access: string): string {
  const sentences: Record<string, string> = {
    view: t("You stopped viewing"),
    control: t("You stopped controlling"),
    clipboard: t("You stopped sharing the clipboard"),
    record: t("You stopped the recording"),
  };
  return sentences[access] ?? "";
}

/** Return the name of a file without its folders, of this system or another. */
export function fileOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** Return what is allowed, in words, as a list. */
export function accessList(access: readonly string[]): string {
  const names: Record<string, string> = {
    view: t("viewing"),
    control: t("control"),
    clipboard: t("clipboard"),
    camera: t("camera"),
    record: t("recording"),
  };
  const listed = Object.keys(names).filter((each) => access.includes(each));
  return listed.map((each) => names[each]).join(", ") || t("nothing");
}

/** Return what does not work on the customer's side, whether it lasts, and what to do. */
export function troubleSentence({ trouble, cause, lasting }: Notice, customer: string): string {
  const name = { name: customer };
  const causes: Record<string, string> = {
    screen_off: t("{name}’s screen is off. Ask them to turn it on or to wake the computer.", name),
    no_screen: t(
      "Deskside cannot read {name}’s screen: their session has no X11 display. Ask them to sign in with “X11” or “Xorg”.",
      name,
    ),
    pixel_format: t(
      "Deskside cannot read the colors of {name}’s screen. Ask them to set the color depth to 24 bits.",
      name,
    ),
    slow_program: t(
      "What {name} copied is not shared: the program it was copied in does not respond. Ask them to copy it again.",
      name,
    ),
    no_overlay: t(
      "You cannot point at {name}’s screen: their computer lets no program draw over the others. Describe the place, or request control.",
      name,
    ),
    no_window: t(
      "You cannot point at {name}’s screen: their help program runs without a window. Describe the place, or request control.",
      name,
    ),
  };
  const known = causes[cause ?? ""];
  if (known !== undefined) return known;
  const sentences: Record<Trouble, string> = {
    display_lost: t("{name}’s screen cannot be read at the moment. Deskside keeps trying.", name),
    capture_failed: t("{name}’s screen cannot be read at the moment. Deskside keeps trying.", name),
    input_failed: t("{name}’s computer does not accept your mouse and keyboard. Deskside keeps trying.", name),
    customer_has_hands_on: t("{name} is using the mouse or keyboard. Yours pause until a second after that.", name),
    cannot_type: t("Some characters could not be typed on {name}’s computer.", name),
    clipboard_failed: t("{name}’s clipboard cannot be used at the moment. Ask them to copy again.", name),
    cannot_point: t("You cannot point at {name}’s screen. Describe the place, or request control.", name),
    secure_desktop: t("{name}’s computer shows a protected screen. Ask them to close it.", name),
  };
  const lastingSentences: Partial<Record<Trouble, string>> = {
    display_lost: t("{name}’s screen cannot be read. Ask them to restart the help program.", name),
    capture_failed: t("{name}’s screen cannot be read. Ask them to restart the help program.", name),
  };
  return (lasting ? lastingSentences[trouble] : undefined) ?? sentences[trouble];
}

/** Return the one sentence about the connection, empty when all is well. */
export function connectionSentence(connected: Connected, customer: string): string {
  switch (connected.sentence) {
    case "slow_handshake":
      return t("Still setting up encryption with {name}’s computer. Retrying…", {
        name: customer,
      });
    case "lost":
      return t("The connection to {name} was lost. It is being restored.", { name: customer });
    case "page_closed":
      return t("{name} closed the page or is loading it again. The session ends soon unless they come back.", {
        name: customer,
      });
    case "customer_away":
      return t(
        "{name}’s computer cannot be reached: it is off, asleep or without a network. The session continues if it comes back. You can end it at any time.",
        { name: customer },
      );
    case "no_direct_path":
      return t("No direct connection is possible at the moment, so everything goes through the server.");
    default:
      return "";
  }
}

/** Return why it is not known whether customers get the page that was released. */
export function pageSentence(state: "unknown" | "other_version"): string {
  return state === "unknown"
    ? t("The page that your customer uses could not be compared with the released one.")
    : t(
        "The page that your customer uses is of another version than this console, so it could not be compared. Update the older one.",
      );
}

/** Return that the clock of this computer is wrong, by so many minutes ahead (or behind, below 0). */
export function clockSentence(minutes: number): string {
  const time = { minutes: number(Math.abs(minutes)) };
  return minutes > 0
    ? t(
        "This computer’s clock is {minutes} min ahead of your server’s. Set it, so that recordings and chat show the right time.",
        time,
      )
    : t(
        "This computer’s clock is {minutes} min behind your server’s. Set it, so that recordings and chat show the right time.",
        time,
      );
}

/** Return the word for a state. */
export function stateWord(state: SessionState): string {
  const words: Record<SessionState, string> = {
    connecting: t("Connecting"),
    waiting: t("Waiting"),
    active: t("Active"),
    on_hold: t("On hold"),
    transferring: t("Being transferred"),
    transferred: t("Transferred"),
    reconnecting: t("Reconnecting"),
    offline: t("Offline"),
    disconnected: t("Technician left"),
    closed_by_customer: t("Ended by the customer"),
    closed_by_technician: t("Ended"),
    closed_by_waiting_customer: t("Customer left"),
    timed_out: t("Timed out"),
    refused_by_customer: t("Declined by the customer"),
    aborted_technician_removed: t("Ended by the organisation"),
  };
  return words[state];
}

/** Return what has become of a session: its state, and why where that says more. */
export function sessionWord(session: Session): string {
  if (isIncoming(session)) return t("Incoming");
  if (isOutgoing(session)) return t("Outgoing");
  if (isLeft(session)) return t("{name} is not here", { name: session.technician ?? "" });
  if (session.ending === "page_closed" || session.page_closed) return t("Page closed");
  if (session.ending !== "wrong_secret") return stateWord(session.state);
  return session.method === "pin" ? t("Wrong extra digits") : t("Damaged link");
}

/** Whether a session has ended without anything taking place in it, or broke off. */
export function hasFailed({ state, ending }: Session): boolean {
  return ending === "wrong_secret" || state === "refused_by_customer" || state === "timed_out";
}

/** Return why there is no new PIN or link. */
export function codeSentence(failed: Failed): string {
  return failed.problem === "too_many_codes"
    ? t("Too many of your PINs and links are waiting to be used. Cancel some, then create a new one.")
    : failed.problem === "too_many_sent"
      ? t("Too many links were sent, by you or to this customer. Wait some minutes, or read a PIN out.")
      : waitSentence(failed);
}

/** Return what is wrong with the value of a field. */
export function fieldSentence(failed: Pick<Failed, "problem" | "message">, { longest }: { longest: number }): string {
  switch (failed.problem) {
    case "empty":
      return t("Fill in this field.");
    case "too_long":
      return t("Use at most {most} characters.", { most: longest });
    case "not_a_choice":
      return t("This choice is no longer offered. Choose another one.");
    case "not_permitted":
      return t("Your group no longer permits this. Ask an administrator.");
    case "ended":
      return t("This session has ended.");
    default:
      return failed.message;
  }
}

/** Return why a session was not picked up. */
export function pickUpSentence(failed: Failed): string {
  if (failed.problem === "full")
    return t("You have as many sessions as your group allows at once. End one, then pick up the next.");
  if (failed.problem === "secret_stays")
    return t(
      "The customer has a secret that only the console of their technician knows. Ask them to come again with a new PIN.",
    );
  return failed.taken_by ? t("{name} has picked up this session.", { name: failed.taken_by }) : failed.message;
}

/** Return that nothing has to be done while the relay has too much to do. */
export function busySentence(): string {
  return t("The relay is busy. Retrying…");
}

/** Return how long to wait where the relay asks for that, else what it says itself. */
export function waitSentence(failed: Failed): string {
  const time = { time: waitInWords(failed.retry_seconds ?? 1) };
  switch (failed.problem) {
    case "busy":
      return t("The server is busy. Wait {time}, then try again.", time);
    case "too_many":
      return t("Too many wrong attempts. Wait {time}, then try again.", time);
    default:
      return failed.message;
  }
}

/** Return how long to wait, in words: whole minutes from a minute and a half on, rounded up. */
function waitInWords(seconds: number): string {
  const isLong = seconds > 90;
  const value = isLong ? Math.ceil(seconds / 60) : Math.max(1, Math.ceil(seconds));
  const unit = isLong ? "minute" : "second";
  return new Intl.NumberFormat(language.value, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** Return what is read aloud after a PIN in groups: its extra digits, empty where it has none. */
export function extraDigits(spoken: string, pin: string): string {
  return spoken.slice(pin.length).trim();
}

/** Return a PIN as it is read aloud, as codec/wire/pins.py does: 482 133. */
export function pinInGroups(pin: string): string {
  return pin.replace(/(.{3})(?=.)/g, "$1 ");
}

/** Return what happened when somebody tried a code that did not work. */
export function missSentence(missed: Missed): string {
  if (missed.disowned) return t("The customer said you are not who they spoke to. They left.");
  const count = missed.count ?? 1;
  if (count > 1) {
    return missed.reason === "unknown"
      ? t(
          "{count} wrong PINs were entered in the last half minute. If you are waiting for a customer, read yours again.",
          {
            count: number(count),
          },
        )
      : t("PINs or links of yours that no longer work were used {count} times in the last half minute.", {
          count: number(count),
        });
  }
  const sentences: Partial<Record<Missed["reason"], string>> = {
    expired: t("A customer tried an expired PIN or link. Create a new one."),
    used: t("A customer tried a PIN or link that was used before. Create a new one."),
    cancelled: t("A customer tried a cancelled PIN or link."),
    too_many: t("A PIN was tried with wrong digits too often and no longer works. Create a new one."),
  };
  return sentences[missed.reason] ?? t("Someone entered a wrong PIN. Read yours again, digit by digit.");
}
