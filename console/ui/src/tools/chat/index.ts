/** The chat: whether it is on, and whether the customer is writing. Its lines come from the engine. */

import type { Tool } from "../tool";

export const chat: Tool = {
  name: "chat",
  hears: {
    chat_state: (room, message) => {
      room.chatOn.value = message.on;
    },
    typing: (room, message) => {
      room.types.value = message.on;
    },
  },
};
