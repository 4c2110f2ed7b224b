import { leaving, signOut } from "../state/console";
import { t } from "../texts/texts";
import { Question } from "./parts";

/** Sessions are open while the technician wants to sign out. */
export function SignOut({ count }: { count: number }) {
  const close = () => {
    leaving.value = undefined;
  };
  return (
    <Question
      title={count === 1 ? t("1 session is open") : t("{count} sessions are open", { count })}
      yes={count === 1 ? t("End it and sign out") : t("End them and sign out")}
      act={() => void signOut(true)}
      close={close}
    >
      <p class="second">
        {t("Signing out also ends the session and the chat for your customer, who is told that you have left.")}
      </p>
    </Question>
  );
}
