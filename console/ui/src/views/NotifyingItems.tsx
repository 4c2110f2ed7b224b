import {
  isToldOf,
  OCCASIONS,
  type Occasion,
  showsOnDesktop,
  sounds,
  toggleDesktop,
  toggleOccasion,
  toggleSound,
} from "../state/notifying";
import { t } from "../texts/texts";
import { CheckItem, Heading } from "./parts";

/** How the technician is told while the page is not in front, and of what. */
export function NotifyingItems() {
  const words: Record<Occasion, string> = {
    waiting: t("A customer is waiting"),
    transfer: t("A session is handed over to you"),
    chat: t("A chat message arrives"),
  };
  return (
    <>
      <Heading>{t("While this page is not in front")}</Heading>
      <CheckItem on={showsOnDesktop.value} toggle={() => void toggleDesktop()}>
        {t("Show desktop notifications")}
      </CheckItem>
      <CheckItem on={sounds.value} toggle={toggleSound}>
        {t("Play a sound")}
      </CheckItem>
      <Heading>{t("When")}</Heading>
      {OCCASIONS.map((each) => (
        <CheckItem key={each} on={isToldOf(each)} toggle={() => toggleOccasion(each)}>
          {words[each]}
        </CheckItem>
      ))}
    </>
  );
}
