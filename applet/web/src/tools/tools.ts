/** The tools of the customer's page, each a file. */

import type { ToolName } from "@deskside/codec/wire/tools.gen";
import type { ScreenShare } from "../capture/screenShare.ts";
import type { Tool, ToolHost } from "./base.ts";
import { CameraTool } from "./camera.ts";
import { ChatTool } from "./chat.ts";
import { DrawingTool } from "./drawing.ts";
import { PictureTool } from "./picture.ts";
import { PointingTool } from "./pointing.ts";
import { RecordingTool } from "./recording.ts";

/** All of them, and those that the customer uses. */
export interface Tools {
  readonly chat: ChatTool;
  readonly picture: PictureTool;
  readonly camera: CameraTool;
  readonly byName: Readonly<Partial<Record<ToolName, Tool>>>;
  /** In this order they hear what the customer allows: first what is seen ends, then the rest. */
  readonly all: readonly Tool[];
}

/** Make them for one engine. `release` tells the page to let go of a capture, `showHeld` what stands still. */
export function makeTools(
  host: ToolHost,
  share: ScreenShare,
  release: (capture: number) => void,
  showHeld: (frame: VideoFrame | null) => void,
): Tools {
  const picture = new PictureTool(host, share, release);
  const chat = new ChatTool(host);
  const recording = new RecordingTool(host);
  const pointing = new PointingTool(host);
  const camera = new CameraTool(host, share, showHeld);
  const drawing = new DrawingTool(host);
  return {
    chat,
    picture,
    camera,
    byName: { picture, camera, drawing, chat, recording, pointing },
    all: [picture, camera, drawing, chat, recording, pointing],
  };
}
