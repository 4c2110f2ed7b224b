/** A session that comes without a secret while one is awaited: it opens only with an explicit yes. */

import { openWithoutSecret, sessions, unsecured } from "../state/console";
import { t } from "../texts/texts";
import { Question } from "./parts";

export function Unsecured() {
  const session = unsecured.value;
  if (session === undefined) return null;
  const customer = sessions.value.get(session)?.name || t("The customer");
  const channel = sessions.value.get(session)?.channel;
  const close = () => {
    unsecured.value = undefined;
  };
  return (
    <Question
      title={t("Open this session without a secret?")}
      yes={t("Open without a secret")}
      act={() => void openWithoutSecret(session)}
      close={close}
    >
      <p>
        {t(
          "You gave a customer a link or four extra digits, and the secret has not been used yet. {name} joined without one.",
          { name: customer },
        )}
      </p>
      <p class="second">
        {channel
          ? t(
              "Customers who come through a channel have no secret. If {name} should have one, the connection may be intercepted, so do not open it. Otherwise read the three words to each other before you share anything.",
              { name: customer },
            )
          : t(
              "Open it only if {name} has a plain PIN. Then read the three words to each other before you share anything. If {name} should have a secret, the connection may be intercepted. In that case, cancel and create a new link.",
              { name: customer },
            )}
      </p>
    </Question>
  );
}
