/** The chat: what the two write to each other. */

import type { Chat, SendUrl, SwitchChat, Typing } from "@deskside/codec/wire/messages.gen";
import { Conversation, type Outcome } from "../session/conversation.ts";
import { Tool } from "./base.ts";

/** See src/session/conversation.ts, which decides. */
export class ChatTool extends Tool {
  private readonly conversation = new Conversation();

  override take(message: Chat | SendUrl | Typing | SwitchChat): void {
    const maySwitch = this.host.permits("chat_toggle");
    this.carryOut(this.conversation.take(message, this.host.uiState, maySwitch, performance.now() / 1000));
  }

  /** See Tool. The technician is told what holds. */
  override refuse(message: SendUrl | SwitchChat): void {
    if (message.kind === "switch_chat") this.take(message);
  }

  /** The customer wrote a line. */
  say(text: string): void {
    this.carryOut(this.conversation.say(text, this.host.uiState, Date.now()));
  }

  /** Another technician has taken over: what they write is theirs, and what was shown before was not shown to them. */
  handedOver(): void {
    const { uiState } = this.host;
    const line = { text: "", mine: false, by: uiState.technician, at: Date.now() };
    this.host.show({ ...uiState, chat: [...uiState.chat, line], sharingEnd: null });
  }

  /** The customer is writing, or has stopped. */
  types(on: boolean): void {
    this.host.send({ kind: "typing", on });
  }

  /** The technician's program has all of what the customer wrote but so many of the last lines. */
  confirmed(left: number): void {
    this.host.show({ ...this.host.uiState, unconfirmed: left });
  }

  /** See Tool. Whether the chat is on at first is for the technician's group to say. */
  override entered(): void {
    this.host.show({ ...this.host.uiState, chatOn: this.host.permits("chat") });
    for (const message of this.conversation.sayAgain(this.host.uiState)) this.host.send(message);
  }

  override met(): void {
    this.host.send({ kind: "chat_state", on: this.host.uiState.chatOn });
  }

  private carryOut({ said, uiState }: Outcome): void {
    for (const message of said) this.host.send(message);
    this.host.show(uiState);
  }
}
