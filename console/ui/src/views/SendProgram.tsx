import { useSignal } from "@preact/signals";
import { desk, sendProgram, sessions } from "../state/console";
import { hasMeans, runsProgram } from "../state/functions";
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
  const runs = runsProgram(openSession.id);
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
                {runs ? t("Cancel") : t("Close")}
              </button>
              {runs && <Send openSession={openSession} sent={close} />}
            </>
          }
        >
          <Why session={openSession.id} customer={customer} />
        </Dialog>
      )}
    </>
  );
}

/** The same where there is no picture yet. */
export function OnlyAPage({ openSession, customer }: Props) {
  return (
    <>
      <Why session={openSession.id} customer={customer} />
      {runsProgram(openSession.id) && <Send openSession={openSession} sent={() => {}} />}
    </>
  );
}

/** What the customer's browser cannot do, and whether the help program is a way on. */
function Why({ session, customer }: { session: number; customer: string }) {
  const name = { name: customer };
  const system = sessions.value.get(session)?.system ?? "";
  const systems = desk.value?.systems ?? [];
  const isPhone = hasMeans("camera", session) && !hasMeans("view", session);
  if (isPhone)
    return <p class="second">{t("A phone can show its camera, but not its screen, and it cannot be controlled.")}</p>;
  return (
    <p class="second">
      {hasMeans("view", session)
        ? t("{name} joined in a browser, which can show the screen but cannot hand over mouse and keyboard.", name)
        : t("{name} joined in a browser that can only chat.", name)}{" "}
      {runsProgram(session)
        ? t("The help program can do more: send its link, and {name} comes back with it.", name)
        : systems.length === 0
          ? t("Your server has no help program that could do more.")
          : t("The help program can do more, but it does not run on {system}. It runs on {systems}.", {
              system,
              systems: systems.join(", "),
            })}
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
