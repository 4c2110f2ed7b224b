/** How long a customer may wait, as far as that is known: how it was for others, or how many are before them. */

import type { UiState } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";

export function Wait({ state: { wait } }: { state: UiState }) {
  if (wait?.served === false) {
    return (
      <p>
        {t(
          "No technician answers here any more. Look for another way to reach us, on the page where you found the link.",
        )}
      </p>
    );
  }
  if (wait?.position != null) {
    return (
      <p>
        {wait.position === 1
          ? t("You are next in line.")
          : t("You are number {position} in line.", { position: wait.position })}
      </p>
    );
  }
  return wait?.seconds == null ? null : <p>{waited(Math.round(wait.seconds / 60))}</p>;
}

function waited(minutes: number): string {
  if (minutes === 0) return t("The last customers waited less than a minute.");
  return minutes === 1
    ? t("The last customers waited about a minute.")
    : t("The last customers waited about {minutes} minutes.", { minutes });
}
