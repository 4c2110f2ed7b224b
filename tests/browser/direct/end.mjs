/** One end of a session with direct paths only, told by the test what to do: in the page or in its worker. */

import { Connection } from "@deskside/codec/session/links/connection";
import { DirectPath } from "@deskside/codec/session/links/direct";

const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const digest = async (data) => {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** `make` returns a peer connection, as a direct path wants it. */
export function makeEnd(make) {
  let connection;
  let path;
  const messages = [];
  const moves = [];
  const log = [];
  const open = () =>
    path.opened().then(
      (opened) => connection.add(opened),
      (error) => log.push(error.message),
    );
  const orders = {
    begin: (role) => {
      connection = new Connection(role, new Uint8Array(32).fill(7), {
        onMessage: (_lane, message) => messages.push(message),
        onMoved: (kind) => moves.push(kind),
        onLog: (text) => log.push(text),
      });
    },
    offer: () => {
      path = new DirectPath(make([]));
      return path.offer();
    },
    accept: async (answer) => {
      await path.accept(answer);
      void open();
    },
    answer: async (offer) => {
      path = new DirectPath(make([]));
      const answer = await path.answer(offer);
      void open();
      return answer;
    },
    send: (lane, text) => connection.send(lane, bytes(text)),
    /** Send so many bytes that the test can make too. */
    sendMany: (lane, length) => connection.send(lane, Uint8Array.from({ length }, (_, at) => (at * 31) & 0xff)),
    state: async () => ({
      kind: connection.kind,
      messages: await Promise.all(messages.map(digest)),
      moves,
      log,
      channel: path && (await path.peer.channel()).constructor.name,
    }),
    /** Begin with an offer, and give up when so many turns have passed. */
    giveUp: async (offer, turns) => {
      path = new DirectPath(make([]));
      const answering = path.answer(offer);
      answering.catch(() => {});
      for (let left = turns; left > 0; left--) await new Promise((resolve) => setTimeout(resolve));
      await path.close();
      return answering;
    },
    closePath: () => path.close(),
    close: () => connection.close(),
  };
  return async (what, ...about) => {
    try {
      return { answer: (await orders[what](...about)) ?? null };
    } catch (error) {
      return { refused: error.name, why: error.message };
    }
  };
}
