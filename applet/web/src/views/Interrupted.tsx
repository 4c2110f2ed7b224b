/** On hold, or on the way to another technician: nothing is shown for a while, and the customer need do nothing. */

import type { UiState } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";
import { Name, rich } from "./parts.tsx";
import { Card } from "./Stage.tsx";

export function Interrupted({ state }: { state: UiState }) {
  const technician = <Name>{state.technician}</Name>;
  const lead = t(
    "Nothing is shown meanwhile, and you are asked before anything is seen again. You do not need to do anything. Keep this page open.",
  );
  if (state.interruption === "on_hold") {
    const title = rich(t("{technician} has put the session on hold and will continue later"), { technician });
    return <Card icon="s-hold" look="plain" title={title} lead={lead} />;
  }
  const to = <Name>{state.handedTo}</Name>;
  const title =
    state.handedTo === ""
      ? rich(t("{technician} is taking over"), { technician })
      : rich(t("{technician} is handing the session over to {to}"), { technician, to });
  return <Card icon="s-transferring" look="plain" title={title} lead={lead} />;
}
