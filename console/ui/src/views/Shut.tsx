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
        <h1>{t("Open this page from the console program")}</h1>
        <p class="second">
          {t(
            "Each address opens the page once. The terminal where deskside-console runs shows a fresh one; open that.",
          )}
        </p>
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
