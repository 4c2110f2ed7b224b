/** The chat of one customer's sessions, as applet/session/conversation.py. Pure: times are arguments. */

import { Bucket } from "@deskside/codec/tokenBucket";
import {
  CHAT_CHARACTERS,
  type Chat,
  SENT_URL,
  type SendUrl,
  type SessionMessage,
  type SwitchChat,
  type Typing,
} from "@deskside/codec/wire/messages.gen";
import { CHAT_KEPT, CHAT_RATE } from "./conversation.gen.ts";
import type { ChatLine, UiState } from "./uiState.ts";

/** What to send to the technician, and what the customer sees from now on. */
export interface Outcome {
  said: SessionMessage[];
  uiState: UiState;
}

/** Numbers the customer's lines, and takes no more of the technician's than can be read. */
export class Conversation {
  private said = 0;
  private theirs = new Bucket(CHAT_RATE);

  /** The customer has written this, at `at` in milliseconds since 1970. */
  say(text: string, uiState: UiState, at: number): Outcome {
    const line = firstCharacters(text.trim(), CHAT_CHARACTERS);
    if (!line || !uiState.chatOn) return { said: [], uiState };
    const after = withLine(uiState, { text: line, mine: true, at });
    return { said: [this.message(line, at)], uiState: { ...after, unconfirmed: uiState.unconfirmed + 1 } };
  }

  /** The page was loaded again: what was not confirmed before is said again, with the time at which it was written. */
  sayAgain({ chat, unconfirmed }: UiState): SessionMessage[] {
    const mine = chat.filter((line) => line.mine);
    return mine.slice(Math.max(0, mine.length - unconfirmed)).map(({ text, at }) => this.message(text, at));
  }

  /** The technician's side says this. `maySwitch` the chat on and off. `now` in seconds of a steady clock. */
  take(message: Chat | SendUrl | Typing | SwitchChat, uiState: UiState, maySwitch: boolean, now: number): Outcome {
    switch (message.kind) {
      case "chat":
        return { said: [], uiState: this.withTheirs(uiState, message.text, message.at, now) };
      case "send_url": {
        const isPage = new RegExp(SENT_URL).test(message.url);
        return { said: [], uiState: isPage ? this.withTheirs(uiState, message.url, message.at, now, true) : uiState };
      }
      case "typing":
        return { said: [], uiState: { ...uiState, technicianTypes: message.on && uiState.chatOn } };
      case "switch_chat": {
        const after = maySwitch ? { ...uiState, chatOn: message.on, technicianTypes: false } : uiState;
        return { said: [{ kind: "chat_state", on: after.chatOn }], uiState: after };
      }
    }
  }

  private withTheirs(uiState: UiState, text: string, at: number, now: number, link = false): UiState {
    const isHere = uiState.chat.some((line) => !line.mine && line.at === at && line.text === text);
    if (isHere || !this.theirs.take(1, now) || !uiState.chatOn) return uiState; // or said again after a new key
    return withLine(uiState, { text, mine: false, by: uiState.technician, at, ...(link && { link }) });
  }

  private message(text: string, at: number): SessionMessage {
    this.said += 1;
    return { kind: "chat", number: this.said, text, at };
  }
}

function withLine(uiState: UiState, line: ChatLine): UiState {
  const chat = [...uiState.chat, line].slice(-CHAT_KEPT);
  const chatIsCut = uiState.chatIsCut || chat.length <= uiState.chat.length;
  return { ...uiState, chat, chatIsCut, technicianTypes: false };
}

/** Python counts characters, JavaScript halves of some. */
function firstCharacters(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join("");
}
