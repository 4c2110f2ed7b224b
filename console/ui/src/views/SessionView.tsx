import { useEffect, useRef } from "preact/hooks";
import { sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { fullScreen } from "../state/layout";
import type { Room } from "../state/room";
import { Panel } from "./Panel";
import { SessionHead } from "./SessionHead";
import { Viewer } from "./Viewer";

/** The session in front: who it is, the picture, and beside it what was said and done. */
export function SessionView({ room }: { room: Room }) {
  const session = sessions.value.get(room.id);
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
      <SessionHead room={room} session={session} />
      <div class={`stage${room.panel.value === undefined ? " stage--folded" : ""}`} ref={stage}>
        <Viewer key={room.id} room={room} customer={customerOf(session)} />
        <Panel key={`panel-${room.id}`} room={room} session={session} />
      </div>
    </main>
  );
}
