/** What codes about recordings mean, in sentences. */

import type { Failed, KeptRecording, KeptState, ProofFinding, ProofState } from "../wire/page.gen";
import { listed, span, t } from "./texts";

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
    running: t("Recording"),
    whole: "",
    interrupted: t("Incomplete: recording was interrupted"),
    unreadable: t("Cannot be read"),
  }[state];
}

/** Return what is known of whether it is what was recorded, in few words. */
export function proofWord(proof: ProofState): string {
  return {
    unchecked: t("Not checked"),
    checking: t("Checking…"),
    intact: t("Intact"),
    unknown: t("Unaltered, signer unknown"),
    changed: t("Changed"),
    unproven: t("Proof incomplete"),
    none: t("No proof"),
    failed: t("Check failed"),
  }[proof];
}

/** Return the same in a sentence. */
export function proofSentence({ proof = "unchecked", signed, relay }: KeptRecording): string {
  return {
    unchecked: t("Not checked since this console was started."),
    checking: t("The recording is being checked against its proof…"),
    intact: t("Nothing was cut, reordered or edited. Signed by {who}.", {
      who: signers(signed, relay),
    }),
    unknown: t(
      "Nothing was cut, reordered or edited, but no server known to this computer confirms the signature. Anyone could have made this recording.",
    ),
    changed: t("The recording was altered."),
    unproven: t("The proven part is unaltered, but the proof does not cover everything."),
    none: t("There is no proof, so it is impossible to tell whether the recording was altered."),
    failed: t("The recording or its proof cannot be read, so they could not be compared."),
  }[proof];
}

/** Return one thing that is not as it was recorded. */
export function findingSentence({ kind, begins, ends }: ProofFinding): string {
  const sentences: Record<string, string> = {
    edited: t("It was edited"),
    reordered: t("Its parts are in a different order"),
    cut: t("Something was cut out"),
    added: t("Something was added"),
    proof_damaged: t("Its proof is damaged"),
    proof_edited: t("Its proof was edited"),
    wrong_signature: t("A signature is wrong"),
    unknown_key: t("It was signed with an unknown key"),
    unsigned: t("Signatures are missing at the end"),
    unfinished: t("The end is missing"),
  };
  const where =
    Math.floor(begins) === Math.floor(ends)
      ? t("at {time}", { time: span(begins) })
      : t("{begins} to {ends}", { begins: span(begins), ends: span(ends) });
  return `${sentences[kind] ?? t("It was altered")} (${where})`;
}

/** Return why something could not be done with a recording. */
export function refusalSentence(failed: Failed): string {
  const sentences: Record<string, string> = {
    unknown_recording: t("This recording is no longer on this computer."),
    place_changed: t("The recording location has changed in the meantime. Check it again."),
    still_needed: t("The recording is still being written, converted or uploaded. Try again later."),
  };
  return sentences[failed.problem] ?? failed.message;
}

function signers(signed: readonly string[] = [], relay = ""): string {
  const names: Record<string, string> = {
    console: t("this side"),
    applet: t("the customer’s side"),
    relay: relay === "" ? t("the server") : t("the server {address}", { address: relay }),
  };
  return signed.length === 0 ? t("no one") : listed(signed.map((each) => names[each] ?? each));
}
