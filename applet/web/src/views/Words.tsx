/** How the customer knows who is at the other end: by three words, or because a secret has proven it. */

import type { UiState } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";
import { Icon, Name, rich } from "./parts.tsx";

export function Words({
  state,
  refuse = t("Not the same? Choose No and hang up."),
}: {
  state: UiState;
  refuse?: string;
}) {
  const technician = <Name>{state.technician}</Name>;
  if (state.vouched) {
    return (
      <p class="words-plate words-plate--good">
        <Icon name="shield" size="l" />
        <span>{rich(t("Checked: only {technician} has the secret that you were given."), { technician })}</span>
      </p>
    );
  }
  if (state.words.length === 0) return null;
  return (
    <div class={`words-plate${state.wordsChanged ? " words-plate--new" : ""}`}>
      <span>
        {rich(
          state.isByChannel
            ? t("On the phone? Ask {technician} to read these three words to you")
            : state.wordsChanged
              ? t("The words are new. Ask {technician} to read them to you again")
              : t("Ask {technician} to read these three words to you"),
          { technician },
        )}
      </span>
      <b class="ltr" data-words>
        {state.words.join("-")}
      </b>
      <span>{refuse}</span>
    </div>
  );
}
