/** What this computer asks its technician because nobody else may decide it, the relay least of all. */

import { changedKey, relay, trustRelayKey } from "../state/console";
import { t } from "../texts/texts";
import { Icon } from "./parts";

export function Decisions() {
  return <div class="decisions">{changedKey.value !== "" && <ChangedKey value={changedKey.value} />}</div>;
}

function ChangedKey({ value }: { value: string }) {
  return (
    <section class="decision banner banner--warning" role="alert">
      <Icon name="shield-x" />
      <div class="grow">
        <strong>{t("The relay {relay} signs with another key than before", { relay: relay.value })}</strong>
        <p>
          {t(
            "Recordings that it vouches for from now on count as unproven. Trust the new key only if your administrator tells you that the relay was set up again, and reads you the same key.",
          )}
        </p>
        <p class="ltr decision-place">{value}</p>
      </div>
      <button
        type="button"
        class="btn btn--s"
        onClick={() => {
          changedKey.value = "";
        }}
      >
        {t("Not now")}
      </button>
      <button type="button" class="btn btn--s" onClick={() => void trustRelayKey(value)}>
        {t("Trust the new key")}
      </button>
    </section>
  );
}
