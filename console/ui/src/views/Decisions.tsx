/** What this computer asks its technician because nobody else may decide it, the relay least of all. */

import { acceptCustomerPage, changedKey, desk, otherPage, relay, trustRelayKey } from "../state/console";
import { notNow, places, usePlace } from "../state/uploads";
import { t } from "../texts/texts";
import type { PlaceToConfirm } from "../wire/page.gen";
import { Icon } from "./parts";

export function Decisions() {
  const asked = [...places.value.values()].filter((each) => each.current && !each.postponed);
  return (
    <div class="decisions">
      {changedKey.value !== "" && <ChangedKey value={changedKey.value} />}
      {otherPage.value !== "" && <OtherPage page={otherPage.value} />}
      {asked.map((each) => (
        <Place key={each.id} place={each} />
      ))}
    </div>
  );
}

function Place({ place }: { place: PlaceToConfirm }) {
  const organisation = desk.value?.organisation ?? "";
  return (
    <section class="decision banner banner--warning" role="alert">
      <Icon name="record" />
      <div class="grow">
        <strong>{t("{organisation} wants to store recordings of your sessions here:", { organisation })}</strong>
        <Where place={place} />
        <p>
          {t(
            "They contain what you see of customers’ screens, and the chat. {relay} chose this location. Use it only if you know that it belongs to your organisation. Until then recordings stay on this computer.",
            { relay: place.relay },
          )}
        </p>
        {place.refused !== undefined && (
          <p class="sent-bad" dir="auto">
            {place.refused}
          </p>
        )}
      </div>
      <button type="button" class="btn btn--s" onClick={() => notNow(place.id)}>
        {t("Not now")}
      </button>
      {place.refused === undefined && <UsePlace place={place} />}
    </section>
  );
}

function Where({ place }: { place: PlaceToConfirm }) {
  return (
    <p class="decision-place">
      <bdi class="ltr">{place.location}</bdi>
      {place.folder ? (
        <span class="second"> · {t("a folder, possibly on another computer")}</span>
      ) : (
        <span class="second">
          {" · "}
          {t("server {server}", { server: place.server ?? "" })}
        </span>
      )}
    </p>
  );
}

/** The technician's yes to a place. */
export function UsePlace({ place }: { place: PlaceToConfirm }) {
  return (
    <button type="button" class="btn btn--s" onClick={() => void usePlace(place.id)}>
      {t("Use this location")}
    </button>
  );
}

function ChangedKey({ value }: { value: string }) {
  return (
    <section class="decision banner banner--warning" role="alert">
      <Icon name="shield-x" />
      <div class="grow">
        <strong>{t("The server {relay} now signs with a different key", { relay: relay.value })}</strong>
        <p>
          {t(
            "Recordings that it signs from now on count as unproven. Trust the new key only if your administrator confirms that the server was set up again and reads you the same key.",
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

function OtherPage({ page }: { page: string }) {
  return (
    <section class="decision banner banner--warning" role="alert">
      <Icon name="shield-x" />
      <div class="grow">
        <strong>{t("{relay} gives customers another page than the released one", { relay: relay.value })}</strong>
        <p>
          {t(
            "A changed page could show a customer’s screen to others. Until your administrator knows why, send customers the help program instead. Accept the page only if your organisation builds it itself.",
          )}
        </p>
      </div>
      <button
        type="button"
        class="btn btn--s"
        onClick={() => {
          otherPage.value = "";
        }}
      >
        {t("Not now")}
      </button>
      <button type="button" class="btn btn--s" onClick={() => void acceptCustomerPage(page)}>
        {t("Accept this page")}
      </button>
    </section>
  );
}
