/** The way in: signing in at the relay, and what is due first. */

import { signal } from "@preact/signals";
import type { AboutRelay, Authenticator, Failed, RecoveryCodes } from "../wire/page.gen";
import { attempt } from "./engine";

/** Whose relay this is, once it has said so. */
export const about = signal<AboutRelay | undefined>(undefined);
/** Why the relay signed this console out, where it did. */
export const signedOut = signal("");
/** What is set up on the way in, while it is. */
export const authenticator = signal<Authenticator | undefined>(undefined);
export const recoveryCodes = signal<RecoveryCodes | undefined>(undefined);

export async function signIn(email: string, password: string, code: string): Promise<Failed | undefined> {
  return attempt({ type: "sign_in", email, password, code });
}

/** Choose the password that is due; the engine knows for whom. */
export async function choosePassword(password: string): Promise<Failed | undefined> {
  return attempt({ type: "choose_due_password", new: password });
}

/** Begin the second step that is due: `authenticator` is told. */
export async function proposeAuthenticator(): Promise<Failed | undefined> {
  return attempt({ type: "propose_authenticator" });
}

/** Show a code of the app that was just set up: `recoveryCodes` are told. */
export async function confirmAuthenticator(code: string): Promise<Failed | undefined> {
  return attempt({ type: "confirm_authenticator", code });
}

/** The recovery codes were read; go on. */
export async function codesKept(): Promise<Failed | undefined> {
  return attempt({ type: "codes_kept" });
}

/** Begin again, or be in: nothing is set up any more. */
export function forgetSetUp(): void {
  authenticator.value = undefined;
  recoveryCodes.value = undefined;
}
