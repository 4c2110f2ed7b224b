/**
 * One end of a session in TypeScript, over real WebSockets, told by Python what to do (tests/support/node_session.py).
 *
 * A line of JSON for each order, a line for each thing that happens.
 */

import { createInterface } from "node:readline";
import { bytes, hex } from "./golden.mjs";

const { Connection } = await import(`${process.env.CODEC}/session/links/connection.js`);
const { openTunnel } = await import(`${process.env.CODEC}/session/links/tunnel.js`);
const { connect } = await import(`${process.env.CODEC}/session/links/signalling.js`);
const { DesksideError } = await import(`${process.env.CODEC}/errors.js`);

const tell = (what, ...about) => process.stdout.write(`${JSON.stringify([what, ...about])}\n`);
const givenUp = new AbortController();
let connection;
let line;

/** A tunnel that is used as a link of another kind. */
class Disguised {
  constructor(link, kind, binding) {
    Object.assign(this, { link, kind, binding });
  }
  send(data) {
    return this.link.send(data);
  }
  receive() {
    return this.link.receive();
  }
  close() {
    return this.link.close();
  }
}

const ORDERS = {
  begin: (role, root) => {
    connection = new Connection(role, bytes(root), {
      onMessage: (lane, message) => tell("message", lane, hex(message)),
      onMoved: (kind) => tell("moved", kind),
      onDoubted: () => tell("doubted"),
      onLog: (text) => process.stderr.write(`${text}\n`),
    });
  },
  add: async (relay, ticket, kind, binding) => {
    const link = await openTunnel(relay, ticket, givenUp.signal);
    const gone = connection.add(new Disguised(link, kind, bytes(binding)));
    tell("added");
    await gone;
    tell("gone");
  },
  giveUp: () => givenUp.abort(),
  send: (lane, message, newest) => connection.send(lane, bytes(message), newest),
  ask: () => connection.ask(),
  networkLost: () => connection.networkLost(),
  unconfirmed: (lane) => tell("unconfirmed", connection.unacknowledgedBytes(lane)),
  flush: async (seconds) => {
    await connection.flush(seconds);
    tell("flushed");
  },
  /** Connect to a relay's signalling; what it says is read from the next order on. */
  connect: async (address) => {
    line = await connect(address);
    tell("connected");
  },
  /** Read, up to a text that cannot be taken. */
  read: async (bad) => {
    await line.read((text) => {
      tell("heard", text);
      if (text === bad) throw new DesksideError("this cannot be taken");
    });
    tell("ended");
  },
  say: (text) => line.say(text),
  probe: () => line.probe(),
  leave: async () => {
    await line.close();
    tell("left");
  },
  close: async () => {
    await connection.close();
    tell("closed");
  },
};

process.on("unhandledRejection", (error) => tell("failed", error.stack));
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...about] = JSON.parse(line);
  (async () => ORDERS[what](...about))().catch((error) => {
    tell(error instanceof DesksideError ? "refused" : "failed", error.name, error.message);
  });
}
process.exit();
