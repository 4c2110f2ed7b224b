import { useSignal } from "@preact/signals";
import { sendProgram } from "../state/console";
import type { OpenSession } from "../state/openSession";
import { codeSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import { Dialog, Icon } from "./parts";

interface Props {
  openSession: OpenSession;
  customer: string;
}

/** In the toolbar, where control would be requested: the customer has only a page open. */
export function SendProgram({ openSession, customer }: Props) {
  const asking = useSignal(false);
  const close = () => {
    asking.value = false;
  };
  return (
    <>
      <button
        type="button"
        class="tool tool--main"
        data-tip={t("The customer has the help page open, which cannot give control")}
        onClick={() => {
          asking.value = true;
        }}
      >
        <Icon name="cursor" />
        {t("Control…")}
      </button>
      {asking.value && (
        <Dialog
          title={t("Control needs the help program")}
          close={close}
          foot={
            <>
              <span class="grow" />
              <button type="button" class="btn" onClick={close}>
                {t("Cancel")}
              </button>
              <Send openSession={openSession} sent={close} />
            </>
          }
        >
          <Why customer={customer} />
        </Dialog>
      )}
    </>
  );
}

/** The same where there is no picture yet. */
export function OnlyAPage({ openSession, customer }: Props) {
  return (
    <>
      <Why customer={customer} />
      <Send openSession={openSession} sent={() => {}} />
    </>
  );
}

function Why({ customer }: { customer: string }) {
  return (
    <p class="second">
      {t(
        "{name} joined in a browser. A page can show the screen, but it cannot hand over mouse and keyboard. The help program can: send its link, and {name} appears as a new session when it starts.",
        { name: customer },
      )}
    </p>
  );
}

/** Makes a new link and writes it to the customer. */
function Send({ openSession, sent }: { openSession: OpenSession; sent: () => void }) {
  const sending = useSignal(false);
  const problem = useSignal("");
  const send = async () => {
    sending.value = true;
    const failed = await sendProgram(openSession.id);
    sending.value = false;
    problem.value = failed === undefined ? "" : codeSentence(failed);
    if (failed === undefined) sent();
  };
  return (
    <>
      {problem.value !== "" && <span role="alert">{problem.value}</span>}
      <button
        type="button"
        class="btn btn--primary"
        disabled={sending.value || !openSession.chatOn.value}
        data-tip={openSession.chatOn.value ? undefined : t("The chat is off")}
        onClick={() => void send()}
      >
        {t("Send the program’s link in the chat")}
      </button>
    </>
  );
}
