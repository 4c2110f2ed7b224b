import { MAX_NOTES, type Session } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { engineThere, writeNotes } from "../state/console";
import { groupOf } from "../state/groups";
import type { OpenSession } from "../state/openSession";
import { t } from "../texts/texts";
import { Icon } from "./parts";

/** What the technicians of a session note about it. They can be changed until it has ended. */
export function Notes({ openSession, session }: { openSession: OpenSession; session: Session | undefined }) {
  const failed = useSignal("");
  const kept = session?.notes ?? "";
  const written = openSession.notes.value;
  const isOver = session === undefined || groupOf(session) === "ended" || !engineThere.value;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (written === undefined) return;
    const why = await writeNotes(openSession.id, written);
    failed.value = why?.message ?? "";
    if (why === undefined && openSession.notes.peek() === written) openSession.notes.value = undefined;
  };
  return (
    <form class="notes" onSubmit={(event) => void save(event)}>
      <label class="field">
        <span class="label">{t("Notes")}</span>
        <textarea
          class="input area"
          rows={10}
          dir="auto"
          maxLength={MAX_NOTES}
          readOnly={isOver}
          value={written ?? kept}
          onInput={(event) => {
            const { value } = event.currentTarget;
            openSession.notes.value = value === kept ? undefined : value;
          }}
        />
      </label>
      <p class="hint">
        {isOver
          ? t("The session has ended, so its notes can no longer be changed.")
          : t("Kept with the session for your organisation. The customer does not see them.")}
      </p>
      {failed.value !== "" && (
        <p class="banner banner--danger" role="alert">
          <Icon name="alarm" />
          {failed.value}
        </p>
      )}
      {!isOver && (
        <div class="row">
          <button type="submit" class="btn btn--primary" disabled={written === undefined}>
            {t("Save notes")}
          </button>
          <span class="second t2" role="status">
            {written !== undefined ? t("Not saved yet") : kept !== "" ? t("Saved") : ""}
          </span>
        </div>
      )}
    </form>
  );
}
