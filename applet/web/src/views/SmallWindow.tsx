/** What is in the small window: Stop, who sees what and where they point, or that the line is lost, the last line and an answer. */

import "../styles/smallWindow.css";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { JoinSession } from "../page.ts";
import { recordingSince, type UiState } from "../session/uiState.ts";
import { showsPreview } from "../state/view.ts";
import { seesSentence } from "../texts/sentences.ts";
import { t } from "../texts/texts.ts";
import { Compose, linked } from "./Chat.tsx";
import { Icon, Name, rich } from "./parts.tsx";
import { Recorded } from "./Session.tsx";
import { Pointed } from "./Stage.tsx";

interface SmallWindowProps {
  session: JoinSession;
  state: UiState;
  place: Window;
}

/** Keeps what is in the window as it is in the page. It has its own document, so it is drawn by itself. */
export function SmallWindow({ place, ...props }: SmallWindowProps) {
  const inside = useRef<Element | null>(null);
  useEffect(() => {
    const sheets = document.querySelectorAll('link[rel="stylesheet"]');
    place.document.head.append(...[...sheets].map((sheet) => sheet.cloneNode()));
  }, [place]);
  useEffect(() => {
    inside.current = place.document.querySelector(".mini");
    if (inside.current !== null) render(<Inside {...props} />, inside.current);
  });
  useEffect(() => () => inside.current && render(null, inside.current), []);
  return null;
}

function Inside({ session, state }: Omit<SmallWindowProps, "place">) {
  if (state.sharing === null) return null;
  const technician = <Name>{state.technician}</Name>;
  const recorded = recordingSince(state);
  const last = state.chat.at(-1);
  const preview = showsPreview(state) ? session.stream : null;
  return (
    <>
      <div class={`mini-top${preview === null ? " mini-top--plain" : ""}`}>
        {preview !== null && (
          <figure class="mini-pic" style={{ "--ratio": state.sharing.width / state.sharing.height }}>
            <Pointed stream={preview} state={state} />
          </figure>
        )}
        <div class="mini-tx">
          {state.online ? (
            <b class="st-active">
              <Icon name="s-active" />
              <span>{rich(seesSentence(state.sharing.surface), { technician })}</span>
            </b>
          ) : (
            <b class="st-warn">
              <Icon name="s-reconnecting" />
              <span>{t("The connection is being restored")}</span>
            </b>
          )}
          {recorded !== null && state.online && <Recorded since={recorded} />}
          <p class={last === undefined ? "sr" : "mini-msg"} role="log" dir="auto">
            {last?.mine && <b>{t("You")} </b>}
            {last !== undefined && linked(last.text, location.origin)}
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
