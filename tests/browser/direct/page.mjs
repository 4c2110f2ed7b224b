/** `order(where, what, …)` has the end in the page, or the one in its worker, do something. */

import { PagePeerConnection } from "@deskside/codec/session/links/peerConnection";
import { servePeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import { makeEnd } from "./end.mjs";

const make = (iceServers) => new RTCPeerConnection({ iceServers });
/** A browser that does not let go of its data channels. */
const makeKept = (iceServers) => {
  const connection = make(iceServers);
  const channel = connection.createDataChannel("deskside", { negotiated: true, id: 0 });
  const kept = Object.defineProperties({}, Object.fromEntries(
    ["binaryType", "bufferedAmountLowThreshold", "onopen", "onclose", "onmessage", "onbufferedamountlow", "readyState", "bufferedAmount"].map((name) => [
      name,
      { get: () => channel[name], set: (value) => { channel[name] = value; } },
    ]),
  ));
  kept.send = (data) => channel.send(data);
  kept.close = () => channel.close();
  connection.createDataChannel = () => kept;
  return connection;
};

const inPage = makeEnd((servers) => new PagePeerConnection(servers, make));
const inWorker = (makes) => {
  const worker = new Worker("/worker.js", { type: "module" });
  const { port1, port2 } = new MessageChannel();
  servePeerConnections(port1, makes);
  worker.postMessage({ port: port2 }, [port2]);
  const waiting = new Map();
  let number = 0;
  worker.onmessage = ({ data }) => {
    waiting.get(data.number)(data.said);
    waiting.delete(data.number);
  };
  return (...order) =>
    new Promise((resolve) => {
      waiting.set(++number, resolve);
      worker.postMessage({ number, order });
    });
};

const ends = { page: inPage, worker: inWorker(make), "worker by way of the page": inWorker(makeKept) };
window.order = (where, ...order) => ends[where](...order);
