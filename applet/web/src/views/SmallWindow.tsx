/**
 * A small window above everything else (Document Picture-in-Picture): Stop, who sees what, the last line and an answer.
 * Only where the browser has it. It has its own document, so it is drawn by itself.
 */

import { render } from "preact";
import { useEffect } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import { recordingSince, type UiState } from "../session/uiState.ts";
import { seesSentence } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import { Compose } from "./Chat.tsx";
import sprite from "./icons.svg?raw";
import { Icon, Name, rich } from "./parts.tsx";
import { Recorded } from "./Session.tsx";
import { holdsThisPage, Live } from "./Stage.tsx";

interface Floating {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const SIZE = { width: 360, height: 220 };

/** Whether this browser has such a window. */
export function canFloat(): boolean {
  return "documentPictureInPicture" in window;
}

/** The one small window of this page. */
export const smallWindow = {
  place: null as Window | null,
  draw: (() => undefined) as () => void,

  /** Open it. Call it directly in the handler of a click. */
  async open(): Promise<void> {
    if (this.place !== null) return;
    const place = await (
      window as unknown as { documentPictureInPicture: Floating }
    ).documentPictureInPicture.requestWindow(SIZE);
    this.place = place;
    const { document: inside } = place;
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) inside.head.append(sheet.cloneNode());
    inside.documentElement.lang = document.documentElement.lang;
    inside.documentElement.dir = document.documentElement.dir;
    inside.title = document.title;
    inside.body.insertAdjacentHTML("afterbegin", sprite);
    inside.body.append(Object.assign(inside.createElement("div"), { className: "mini" }));
    place.addEventListener("pagehide", () => {
      render(null, inside.querySelector(".mini")!);
      this.place = null;
    });
    this.draw();
  },

  close(): void {
    this.place?.close();
  },
};

interface SmallWindowProps {
  session: JoinSession;
  state: UiState;
}

/** Keeps what is in the window as it is in the page. Where the page is gone, so is the window. */
export function SmallWindow(props: SmallWindowProps) {
  useEffect(() => {
    smallWindow.draw = () => {
      const place = smallWindow.place?.document.querySelector(".mini");
      if (place) render(<Inside {...props} />, place);
    };
    smallWindow.draw();
  });
  useEffect(() => () => smallWindow.close(), []);
  return null;
}

function Inside({ session, state }: SmallWindowProps) {
  if (state.sharing === null) return null;
  const technician = <Name>{state.technician}</Name>;
  const recorded = recordingSince(state);
  const last = state.chat.findLast((line) => !line.mine);
  const preview = session.stream !== null && !holdsThisPage(state.sharing) ? session.stream : null;
  return (
    <>
      <div class={`mini-top${preview === null ? " mini-top--plain" : ""}`}>
        {preview !== null && (
          <figure class="mini-pic">
            <Live stream={preview} label={t("What {technician} sees", { technician: state.technician })} />
          </figure>
        )}
        <div class="mini-tx">
          <b class="st-active">
            <Icon name="s-active" />
            <span>{rich(seesSentence(state.sharing.surface), { technician })}</span>
          </b>
          {recorded !== null && <Recorded since={recorded} />}
          <p class={last === undefined ? "sr" : "mini-msg"} role="log" dir="auto">
            {last?.text ?? ""}
          </p>
        </div>
      </div>
      <div class="mini-foot">
        <Compose id="say-small" state={state} intent={(intent) => session.intent(intent)} />
        <button type="button" class="btn btn--danger stop" onClick={() => session.intent({ type: "stop" })}>
          {t("Stop")}
        </button>
      </div>
    </>
  );
}
