import { dismiss, toasts } from "../state/toasts";
import { t } from "../texts/texts";
import { Icon } from "./parts";

/** What is said for a while: `below` everything, or `over` the picture, where nothing else is to be pressed or compared. */
export function Toasts({ place }: { place: "below" | "over" }) {
  return (
    <div class={`toasts toasts--${place}`} role="status">
      {toasts.value.map((toast) => (
        <p class="toast" key={toast.number}>
          <span class="grow">{toast.text}</span>
          <button type="button" class="icon-btn" aria-label={t("Dismiss")} onClick={() => dismiss(toast.number)}>
            <Icon name="x" />
          </button>
        </p>
      ))}
    </div>
  );
}
