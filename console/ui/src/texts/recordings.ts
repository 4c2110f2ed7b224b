/** What codes about recordings mean, in sentences. */

import type { Failed, KeptRecording, KeptState, ProofFinding, ProofState } from "../wire/page.gen";
import { span, t } from "./texts";

/** Return who is seen in a recording. */
export function titleOf(recording: KeptRecording): string {
  return recording.customer || recording.name;
}

/** Return what a format is called. */
export function kindWord(kind: string): string {
  const words: Record<string, string> = {
    dsr: t("Journal"),
    rasc: t("AVI, lossless"),
    h264: "H.264",
    mpeg4: "MPEG-4",
    mjpeg: "Motion JPEG",
    zmbv: "ZMBV",
  };
  return words[kind] ?? t("Unknown");
}

/** Return how far a recording came, empty where there is nothing to say. */
export function keptSentence(state: KeptState): string {
  return {
    running: t("Is being recorded"),
    whole: "",
    interrupted: t("Interrupted: it has no proper end, what is there plays"),
    unreadable: t("Cannot be read"),
  }[state];
}

/** Return what is known of whether it is what was recorded, in few words. */
export function proofWord(proof: ProofState): string {
  return {
    unchecked: t("Not checked"),
    checking: t("Is being checked…"),
    intact: t("Intact"),
    unknown: t("Unbroken, but unproven whose"),
    changed: t("Changed"),
    unproven: t("Not proven to its end"),
    none: t("No proof"),
    failed: t("Could not be checked"),
  }[proof];
}

/** Return the same in a sentence. */
export function proofSentence({ proof = "unchecked", signed, relay }: KeptRecording): string {
  return {
    unchecked: t("Nobody has compared it with its proof since this console was started."),
    checking: t("It is compared with its proof…"),
    intact: t("It is what was recorded: nothing cut, reordered or edited. Signed by {who}.", {
      who: signers(signed, relay),
    }),
    unknown: t(
      "Nothing was cut, reordered or edited, but no relay that this computer knows says who signed it. Anybody can make such a recording.",
    ),
    changed: t("It is not what was recorded."),
    unproven: t("Nothing was changed as far as it is proven, but not everything is."),
    none: t("There is no proof beside it, so nobody can say whether it was changed."),
    failed: t("It could not be compared with its proof: one of the two cannot be read."),
  }[proof];
}

/** Return one thing that is not as it was recorded. */
export function findingSentence({ kind, begins, ends }: ProofFinding): string {
  const sentences: Record<string, string> = {
    edited: t("It was edited"),
    reordered: t("Its parts stand in another order"),
    cut: t("Something was cut out"),
    added: t("Something was added"),
    proof_damaged: t("Its proof is damaged"),
    proof_edited: t("Its proof was edited"),
    wrong_signature: t("A signature is wrong"),
    unknown_key: t("It was signed with a key that nobody knows"),
    unsigned: t("Not everybody has signed it to its end"),
    unfinished: t("It has no proper end"),
  };
  const where =
    Math.floor(begins) === Math.floor(ends)
      ? t("at {time}", { time: span(begins) })
      : t("{begins} to {ends}", { begins: span(begins), ends: span(ends) });
  return `${sentences[kind] ?? t("It is not as it was")} (${where})`;
}

/** Return why something could not be done with a recording. */
export function refusalSentence(failed: Failed): string {
  const sentences: Record<string, string> = {
    unknown_recording: t("This recording is no longer on this computer."),
    place_changed: t("Where recordings go has changed since it was shown. Look at it again."),
    still_needed: t("It is still being written, converted or sent away. Try again later."),
  };
  return sentences[failed.problem] ?? failed.message;
}

function signers(signed: readonly string[] = [], relay = ""): string {
  const names: Record<string, string> = {
    console: t("this side"),
    applet: t("the customer’s side"),
    relay: relay === "" ? t("the relay") : t("the relay {address}", { address: relay }),
  };
  return signed.map((each) => names[each] ?? each).join(", ") || t("nobody");
}
