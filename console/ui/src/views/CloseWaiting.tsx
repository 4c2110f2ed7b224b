/** A customer waits whom no one is to help: they are sent away only with an explicit yes. */

import { closing, end, sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { t } from "../texts/texts";
import { Question } from "./parts";

export function CloseWaiting() {
  const session = closing.value;
  if (session === undefined) return null;
  const name = customerOf(sessions.value.get(session));
  const close = () => {
    closing.value = undefined;
  };
  return (
    <Question
      title={t("Close without helping?")}
      no={t("Cancel")}
      yes={t("Close the session")}
      act={() => void end(session)}
      close={close}
    >
      <p>{t("{name} is waiting. They are told that a technician closed their request.", { name })}</p>
    </Question>
  );
}
