/** The technician asked for the screen, and there is none to show: what the customer can do. */

import { t } from "../texts/texts.ts";
import { NotCaptured } from "./NotCaptured.tsx";
import { Name, rich } from "./parts.tsx";
import { Card, type StageProps } from "./Stage.tsx";

/** The browser's picker led to nothing. */
export function NothingChosen({ state, deaf, decide }: StageProps) {
  const denied = state.pickerTrouble === "denied";
  const [title, lead] = {
    cancelled: [t("Nothing was chosen"), t("Your browser’s question was closed, so {technician} sees nothing.")],
    denied: [t("Your browser does not allow it"), t("It refused to show your screen, so {technician} sees nothing.")],
    failed: [t("This cannot be shown"), t("Your browser could not read what you chose. Choose something else.")],
  }[state.pickerTrouble as "cancelled" | "denied" | "failed"] as [string, string];
  return (
    <NotCaptured
      icon="monitor"
      warns={denied}
      title={title}
      lead={rich(lead, { technician: <Name>{state.technician}</Name> })}
      again={denied ? t("Try again") : t("Choose again")}
      deaf={deaf}
      decide={decide}
      help={t("The browser’s question does not appear")}
      open={denied}
      steps={[
        t("Choose the sign at the left of the address, at the top of the browser."),
        t("Allow this page to share the screen, or reset its permissions."),
        t("On a Mac, also allow it in System Settings, under Privacy & Security, Screen Recording."),
        t("Then choose the button above again."),
      ]}
    />
  );
}

/** There is no way to show a screen from here: a phone, or a browser that cannot. */
export function Unable({ state, can, host, deaf, decide }: StageProps) {
  const technician = <Name>{state.technician}</Name>;
  const where = <b class="ltr">{host}</b>;
  return (
    <Card
      icon={can.phone ? "phone" : "monitor"}
      title={can.phone ? t("A phone cannot show its screen here") : t("This browser cannot show your screen")}
      lead={rich(t("{technician} asked to see it. You can write to each other here."), { technician })}
    >
      <p class="small">
        {can.phone
          ? rich(t("Is the problem on a computer? Ask for a new PIN and open {where} there."), { where })
          : rich(t("Ask for a new PIN and open {where} in Chrome, Edge or Firefox, or use the help program."), {
              where,
            })}
      </p>
      <div class="state-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          data-now
          aria-disabled={deaf}
          onClick={() => decide(false)}
        >
          {t("Just chat")}
        </button>
      </div>
    </Card>
  );
}
