/** Both ends of a handshake, told what to do and asked what came of it: tests/support/handshake_ends.py over TypeScript. */

import { bytes, hex } from "./golden.mjs";

const { Handshake, HandshakeError, RANDOM_BYTES } = await import(`${process.env.CODEC}/session/handshake.js`);
const { Responder } = await import(`${process.env.CODEC}/session/responder.js`);
const { derive } = await import(`${process.env.CODEC}/session/seal.js`);

export class Ends {
  #setting;
  #drawn = { console: 0, applet: 0 };
  #applet;
  #console;
  #said;

  constructor(setting) {
    this.#setting = { session: "7", seed: "handshake", ...setting };
    const { applet_session: session, applet_secret: secret } = setting;
    this.#applet = new Responder(session ?? this.#setting.session, secret ?? undefined, () => this.#draw("applet"));
  }

  do(deed) {
    const outcome = {};
    try {
      const answer = this.#answer(deed);
      if (answer instanceof Uint8Array) {
        this.#said = answer;
        outcome.said = hex(answer);
      } else if (answer !== undefined) outcome.lacks = answer;
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      outcome.problem = error.problem;
    }
    for (const [end, { agreement } = {}] of [
      ["console", this.#console],
      ["applet", this.#applet],
    ]) {
      if (agreement !== undefined) outcome[end] = { ...agreement, root: hex(agreement.root) };
    }
    if (this.#console?.proofIsOut) outcome.proof_is_out = true;
    return { ...outcome, attempt: this.#applet.attempt };
  }

  #answer(deed) {
    const step = deed.step === undefined ? this.#said : bytes(deed.step);
    switch (deed.do) {
      case "begin": {
        const { session, console_secret: secret } = this.#setting;
        this.#console = new Handshake("console", session, secret ?? undefined, this.#draw("console"));
        return this.#console.start();
      }
      case "lacks":
        return this.#applet.lacksSecret(step);
      case "give":
        return this.#applet.give(deed.secret);
      case "receive":
        return (deed.at === "applet" ? this.#applet : this.#console).receive(step);
    }
    throw new Error(`there is no deed ${deed.do}`);
  }

  #draw(role) {
    this.#drawn[role] += 1;
    const seed = new TextEncoder().encode(this.#setting.seed);
    return derive(seed, `test ${role} ${this.#drawn[role]}`, undefined, RANDOM_BYTES);
  }
}
