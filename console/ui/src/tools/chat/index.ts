/** The chat: whether it is on, and whether the customer is writing. Its lines come from the engine. */

import type { Tool } from "../tool";

export const chat: Tool = {
  name: "chat",
  hears: {
    chat_state: (openSession, message) => {
      openSession.chatOn.value = message.on;
    },
    typing: (openSession, message) => {
      openSession.types.value = message.on;
    },
  },
};
