/** A session on hold, or on its way to another technician: why there is no picture, and what can be done. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { change, handedOverBy } from "../state/handOver";
import { t } from "../texts/texts";
import { Empty } from "./parts";

export function Interrupted({ session, customer }: { session: Session; customer: string }) {
  if (session.state === "on_hold") {
    return (
      <Empty icon="pause" title={t("The session is on hold")}>
        <p>{t("{customer} is told that you will continue later. It stays yours until then.", { customer })}</p>
        <button type="button" class="btn btn--primary" onClick={() => void change(session.id, "resume")}>
          {t("Continue")}
        </button>
      </Empty>
    );
  }
  const to = session.transfer?.to ?? "";
  return (
    <Empty icon="transfer" title={t("On its way to {to}", { to })}>
      <p>{t("{customer} waits until it is picked up. Nothing is shown until then.", { customer })}</p>
      <button type="button" class="btn" onClick={() => void change(session.id, "take_back")}>
        {t("Take it back")}
      </button>
    </Empty>
  );
}

/** What the technician said who handed the session over, as long as the one who has it now works with it. */
export function HandedOver({ session }: { session: Session | undefined }) {
  const { outcome, comment } = session?.transfer ?? {};
  if (outcome !== "picked_up" || session?.state === "transferred") return null;
  return (
    <p class="handed second">
      <span>{t("Transferred by {by}", { by: handedOverBy(session) })}</span>
      {comment && <bdi>“{comment}”</bdi>}
    </p>
  );
}
