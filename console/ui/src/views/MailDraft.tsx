import { useSignal } from "@preact/signals";
import { desk } from "../state/console";
import { bodyOf, type Draft, draftOf, MAX_MAILTO, mailtoOf } from "../state/inviting";
import { t } from "../texts/texts";
import { Icon } from "./parts";

/** The e-mail that the technician's own program sends. Subject and text can be changed; the link stays. */
export function MailDraft({ link }: { link: string }) {
  const draft = useSignal<Draft>(draftOf(desk.value?.organisation ?? "", desk.value?.settings));
  const copied = useSignal(false);
  const href = mailtoOf(draft.value, link);
  const isTooLong = href.length > MAX_MAILTO;
  const change = (changed: Partial<Draft>) => {
    draft.value = { ...draft.value, ...changed };
    copied.value = false;
  };
  const copy = async () => {
    await navigator.clipboard.writeText(bodyOf(draft.value, link));
    copied.value = true;
  };
  return (
    <div class="draft">
      <div class="field">
        <label class="label" for="mail-subject">
          {t("Subject")}
        </label>
        <input
          id="mail-subject"
          class="input"
          dir="auto"
          maxLength={200}
          value={draft.value.subject}
          onInput={(event) => change({ subject: event.currentTarget.value })}
        />
      </div>
      <div class="field">
        <label class="label" for="mail-text">
          {t("Text")}
        </label>
        <textarea
          id="mail-text"
          class="input area"
          dir="auto"
          rows={4}
          maxLength={4_000}
          value={draft.value.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </div>
      <div class="t2 second">{t("The link follows below the text:")}</div>
      <output class="link-text ltr mono">{link}</output>
      {isTooLong && (
        <p class="hint" role="status">
          {t("This text is too long for an e-mail program to take over. Shorten it, or copy it and paste it there.")}
        </p>
      )}
      <div class="row draft-deeds">
        <button type="button" class={isTooLong ? "btn btn--l btn--primary" : "btn btn--l"} onClick={() => void copy()}>
          <Icon name={copied.value ? "check" : "copy"} />
          {copied.value ? t("Copied") : t("Copy text and link")}
        </button>
        {!isTooLong && (
          <a class="btn btn--l btn--primary" href={href}>
            <Icon name="mail" />
            {t("Open e-mail program")}
          </a>
        )}
      </div>
    </div>
  );
}
