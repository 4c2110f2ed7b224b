/** The session in a worker; its peer connections are the page's. */

import { WorkerPeerConnections } from "@deskside/codec/session/links/portPeerConnection";
import { makeEnd } from "./end.mjs";

let end;
self.onmessage = async ({ data }) => {
  if (data.port !== undefined) {
    const connections = new WorkerPeerConnections(data.port);
    end = makeEnd((servers) => connections.make(servers));
    return;
  }
  self.postMessage({ number: data.number, said: await end(...data.order) });
};
