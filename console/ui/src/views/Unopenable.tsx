/** A session whose secret this console does not have, or may no longer use: it can only be ended. */

import { end, sessions, unopenable } from "../state/console";
import { customerOf } from "../state/groups";
import { t } from "../texts/texts";
import { Question } from "./parts";

export function Unopenable() {
  const found = unopenable.value;
  if (found === undefined) return null;
  const close = () => {
    unopenable.value = undefined;
  };
  return (
    <Question
      title={t("The session with {name} cannot be opened", { name: customerOf(sessions.value.get(found.session)) })}
      yes={t("End session")}
      act={() => void end(found.session)}
      close={close}
    >
      <p>
        {found.problem === "secret_burnt"
          ? t(
              "The secret of this PIN or link was tried too often without being confirmed. End the session, then create a new PIN or link.",
            )
          : t(
              "Only the console that created this PIN or link knows its secret. That console was restarted, or runs on another computer. End the session, then create a new PIN or link.",
            )}
      </p>
    </Question>
  );
}
