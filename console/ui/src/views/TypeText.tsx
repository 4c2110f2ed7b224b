import { TYPED_CHARACTERS } from "@deskside/codec/wire/messages";
import { useRef } from "preact/hooks";
import type { OpenSession } from "../state/openSession";
import { t } from "../texts/texts";
import { backToPicture, Dialog } from "./parts";

/** Type a prepared text on the customer's computer, whatever the two keyboards are. */
export function TypeText({
  openSession,
  customer,
  close,
}: {
  openSession: OpenSession;
  customer: string;
  close: () => void;
}) {
  const text = useRef<HTMLTextAreaElement>(null);
  const type = () => {
    if (text.current!.value !== "") openSession.send({ kind: "type_text", text: text.current!.value });
    close();
  };
  return (
    <Dialog
      title={t("Type text on {name}’s computer", { name: customer })}
      close={close}
      then={backToPicture}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Cancel")}
          </button>
          <button type="button" class="btn btn--primary" onClick={type}>
            {t("Type")}
          </button>
        </>
      }
    >
      <label class="field">
        <span class="label">{t("Text")}</span>
        <textarea ref={text} class="input area" rows={5} maxLength={TYPED_CHARACTERS} autofocus dir="auto" />
      </label>
      <p class="hint">{t("The text is typed at the customer’s cursor, one character at a time, and is not stored.")}</p>
    </Dialog>
  );
}
