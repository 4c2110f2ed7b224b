import { refused } from "../state/console";
import { t } from "../texts/texts";
import { Icon } from "./parts";

/** The page was opened without a key that the console program knows. */
export function Shut() {
  return (
    <main class="gate">
      <div class="gate-card">
        <svg class="mark" aria-hidden="true">
          <use href="#mark" />
        </svg>
        <h1>{t("This link was already used")}</h1>
        <p class="second">{t("Start Deskside Console again to open a new window.")}</p>
        {refused.value !== "" && (
          <p class="banner banner--warning" role="alert">
            <Icon name="alarm" />
            {refused.value}
          </p>
        )}
      </div>
    </main>
  );
}
