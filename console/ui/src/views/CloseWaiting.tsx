/** A customer waits or has yet to arrive, and no one is to help them: they are sent away only with an explicit yes. */

import { closing, end, sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { t } from "../texts/texts";
import { Question } from "./parts";

export function CloseWaiting() {
  const number = closing.value;
  if (number === undefined) return null;
  const session = sessions.value.get(number);
  const name = customerOf(session);
  const close = () => {
    closing.value = undefined;
  };
  return (
    <Question
      title={t("Close without helping?")}
      no={t("Cancel")}
      yes={t("Close the session")}
      act={() => void end(number)}
      close={close}
    >
      <p>{becomes(session?.state === "waiting", session?.customer_present ?? false, name)}</p>
    </Question>
  );
}

/** Return what closing means for the customer. */
function becomes(waits: boolean, isThere: boolean, name: string): string {
  if (waits) return t("{name} is waiting. They are told that a technician closed their request.", { name });
  return isThere
    ? t("{name} is choosing how to continue. They are told that a technician closed their request.", { name })
    : t("{name} has not arrived yet, or has left. The same PIN or link cannot be used again.", { name });
}
