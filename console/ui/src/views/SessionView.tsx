import { useEffect, useRef } from "preact/hooks";
import { sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { fullScreen } from "../state/layout";
import type { OpenSession } from "../state/openSession";
import { HandedOver } from "./Interrupted";
import { Panel } from "./Panel";
import { SessionHead } from "./SessionHead";
import { Viewer } from "./Viewer";

/** The session in front: who it is, the picture, and beside it what was said and done. */
export function SessionView({ openSession }: { openSession: OpenSession }) {
  const session = sessions.value.get(openSession.id);
  const stage = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const look = () => {
      fullScreen.value = document.fullscreenElement === stage.current;
    };
    document.addEventListener("fullscreenchange", look);
    return () => {
      document.removeEventListener("fullscreenchange", look);
      fullScreen.value = false;
    };
  }, []);
  return (
    <main class="main main--session">
      <SessionHead openSession={openSession} session={session} />
      <HandedOver session={session} />
      <div class={`stage${openSession.panel.value === undefined ? " stage--folded" : ""}`} ref={stage}>
        <Viewer key={openSession.id} openSession={openSession} customer={customerOf(session)} />
        <Panel key={`panel-${openSession.id}`} openSession={openSession} session={session} />
      </div>
    </main>
  );
}
