import { leaving, signOut } from "../state/console";
import { t } from "../texts/texts";
import { Dialog } from "./parts";

/** Sessions are open while the technician wants to sign out. */
export function SignOut({ count }: { count: number }) {
  const close = () => {
    leaving.value = undefined;
  };
  const leave = () => {
    close();
    void signOut(true);
  };
  return (
    <Dialog
      title={count === 1 ? t("1 session is open") : t("{count} sessions are open", { count })}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" autofocus onClick={close}>
            {t("Cancel")}
          </button>
          <button type="button" class="btn btn--danger" onClick={leave}>
            {count === 1 ? t("End it and sign out") : t("End them and sign out")}
          </button>
        </>
      }
    >
      <p class="second">
        {t("Signing out also ends the session and the chat for your customer, who is told that you have left.")}
      </p>
    </Dialog>
  );
}
