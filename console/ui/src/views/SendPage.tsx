import { SENT_URL, URL_CHARACTERS } from "@deskside/codec/wire/messages";
import { useSignal } from "@preact/signals";
import type { OpenSession } from "../state/openSession";
import { replies } from "../state/replies";
import { t } from "../texts/texts";
import { Dialog, Icon } from "./parts";

const LIST = "predefined-addresses";

/** Return an address as it is sent: in letters that look like no others. Undefined for what may not be sent. */
export function sentAddress(typed: string): string | undefined {
  const text = typed.trim();
  let whole: string;
  try {
    whole = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`).href;
  } catch {
    return undefined;
  }
  return whole.length <= URL_CHARACTERS && new RegExp(SENT_URL).test(whole) ? whole : undefined;
}

/** Send the customer the address of a page: a predefined one, or another. */
export function SendPage({
  openSession,
  customer,
  close,
}: {
  openSession: OpenSession;
  customer: string;
  close: () => void;
}) {
  const typed = useSignal("");
  const failed = useSignal(false);
  const predefined = replies.value.filter(({ kind, content }) => kind === "url" && sentAddress(content) !== undefined);
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    const url = sentAddress(typed.value);
    failed.value = url === undefined;
    if (url === undefined) return;
    openSession.send({ kind: "send_url", url, at: Date.now() });
    close();
  };
  return (
    <Dialog
      title={t("Send {name} a web page", { name: customer })}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Cancel")}
          </button>
          <button type="submit" form="send-page" class="btn btn--primary">
            {t("Send")}
          </button>
        </>
      }
    >
      {failed.value && (
        <p class="banner banner--danger" role="alert">
          <Icon name="alarm" />
          {t("This is not the address of a web page. It begins with https:// or http:// and has no user name in it.")}
        </p>
      )}
      <form id="send-page" class="new-form" onSubmit={send}>
        <label class="field">
          <span class="label">{t("Address")}</span>
          <input
            class="input ltr"
            autofocus
            required
            maxLength={URL_CHARACTERS}
            placeholder="https://"
            list={LIST}
            value={typed.value}
            onInput={(event) => {
              typed.value = event.currentTarget.value;
            }}
          />
        </label>
        <datalist id={LIST}>
          {predefined.map((each) => (
            <option key={each.id} value={each.content} label={each.name} />
          ))}
        </datalist>
        <p class="hint">
          {t("{name} sees the whole address. The page opens when they choose it.", { name: customer })}
        </p>
      </form>
    </Dialog>
  );
}
