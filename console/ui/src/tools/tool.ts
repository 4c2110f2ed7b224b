/**
 * What a tool is on the page. A tool is one folder here, and one file of the same name in applet/tools and console/tools.
 * What it sends is declared at the messages (codec/wire/messages.py): a page's engine refuses everything else.
 */

import type { ComponentChild } from "preact";
import type { Heard, OpenSession } from "../state/openSession";

/** Where in the toolbar: what one does with the customer's computer, how it is seen, and everything else. */
export type Group = "main" | "view" | "more";

export interface Props {
  openSession: OpenSession;
  customer: string;
}

/** A place on the display that is watched, in 65,536ths. */
export interface Place {
  display: number;
  x: number;
  y: number;
}

export interface Tool {
  readonly name: string;
  /** What it does when the applet says something of this kind. */
  readonly hears?: Heard;
  /** What it shows in the toolbar while the screen is seen. */
  readonly buttons?: Partial<Record<Group, (props: Props) => ComponentChild>>;
  /** What it shows where nothing is seen: what came before stays in reach, also when the session has ended. */
  readonly unseen?: (props: Props) => ComponentChild;
  /** What it draws over the picture, in its place and size. */
  readonly over?: (props: Props) => ComponentChild;
  /** The pointer has moved over the picture, to a place that is worked out when asked for, or has left it. */
  readonly points?: (openSession: OpenSession, place: (() => Place) | undefined) => void;
  /** What the pointer looks like over a picture that is not controlled; undefined where the tool is off. */
  readonly cursor?: (openSession: OpenSession) => string | undefined;
}
