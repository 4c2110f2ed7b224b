/** Leaves a session in which this tab was before it was opened with the code of another one. */

import { RelaySocket } from "./relay.ts";

/** Tell the relay that its customer leaves, as soon as it can be reached. `ticket` let the tab come back into it. */
export function leaveFormer(relay: string, ticket: string): void {
  const events = {
    hear: () => socket.leave("closed"), // it ends what has let us in, and nothing otherwise
    online: () => {},
    lost: () => {},
    isUrgent: () => false,
  };
  const code = { relay, pin: null, routing: null, channel: null, secret: null };
  const socket: RelaySocket = new RelaySocket(code, { computer: "", system: "", means: [] }, events, ticket);
  void socket.run();
}
