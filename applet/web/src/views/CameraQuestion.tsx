/** The question for the camera: in our words first, then in the browser's; and what to do where that led to nothing. */

import "../styles/camera.css";
import type { PickerTrouble, Question, UiState } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";
import { Icon, Name, rich } from "./parts.tsx";
import { Card } from "./Stage.tsx";
import { Words } from "./Words.tsx";

interface Props {
  state: UiState;
  /** Whether it came so recently that no key or click can be meant for it. */
  deaf: boolean;
  decide: (yes: boolean) => void;
}

export function CameraQuestion({ state, question, deaf, decide }: Props & { question: Question }) {
  const technician = <Name>{state.technician}</Name>;
  const organisation = <Name flows>{state.organisation}</Name>;
  const title = question.isOneAnswer
    ? t("Show your camera to {technician} ({organisation}) and let them record it?")
    : t("Show your camera to {technician} ({organisation})?");
  return (
    <section class="card card--consent card--camera" aria-labelledby="consent-h">
      <div class="con-main">
        <h1 id="consent-h">{rich(title, { technician, organisation })}</h1>
        <Words state={state} />
        <ul class="plain">
          <li>
            <Icon name="eye" />
            <span>
              <b>{t("Seeing only.")}</b>{" "}
              {rich(t("{technician} sees what you point at, and hears nothing."), { technician })}
            </span>
          </li>
          <li>
            <span class={question.records ? "rec-ic" : ""}>
              <Icon name={question.records ? "record" : "mask"} />
            </span>
            <span>
              {question.records ? (
                <>
                  <b>{t("It is recorded.")}</b> {rich(t("{organisation} keeps the recording."), { organisation })}
                </>
              ) : (
                <>
                  <b>{t("It is not recorded.")}</b>{" "}
                  {rich(t("Photos go to {technician} only when you take them."), { technician })}
                </>
              )}
            </span>
          </li>
          <li>
            <Icon name="x" />
            <span>
              <b>{t("You stop when you like,")}</b> {t("with the red button or by closing this page.")}
            </span>
          </li>
        </ul>
        <div class="yesno">
          <button type="button" class="choice2" aria-disabled={deaf} onClick={() => decide(true)}>
            <b>{t("Yes, show my camera")}</b>
            <span>{t("Your browser asks next. Choose Allow.")}</span>
          </button>
          <button type="button" class="choice2" aria-disabled={deaf} data-now onClick={() => decide(false)}>
            <b>{t("No")}</b>
            <span>{rich(t("{technician} sees nothing. You can chat."), { technician })}</span>
          </button>
        </div>
      </div>
    </section>
  );
}

/** The browser gave no camera. The question is still open. */
export function NoCamera({ state, deaf, decide }: Props) {
  const technician = <Name>{state.technician}</Name>;
  const trouble = state.pickerTrouble ?? "cancelled";
  const denied = trouble === "denied";
  const [title, lead] = words(trouble);
  return (
    <Card
      icon="camera"
      look={trouble === "cancelled" ? "plain" : "warn"}
      title={title}
      lead={rich(lead, { technician })}
    >
      <div class="state-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          data-now
          aria-disabled={deaf}
          onClick={() => decide(true)}
        >
          {t("Try again")}
        </button>
        <button type="button" class="btn btn--touch" aria-disabled={deaf} onClick={() => decide(false)}>
          {t("Just chat")}
        </button>
      </div>
      <details class="help-with" open={denied}>
        <summary>{t("How to allow the camera")}</summary>
        <ol>
          <li>{t("Choose the sign at the left of the address, at the top of the browser.")}</li>
          <li>{t("Allow the camera for this page.")}</li>
          <li>{t("On a phone, also allow it in Settings: find your browser under Apps, then Camera.")}</li>
          <li>{t("Then choose the button above again.")}</li>
        </ol>
      </details>
    </Card>
  );
}

function words(trouble: PickerTrouble): readonly [string, string] {
  switch (trouble) {
    case "cancelled":
      return [t("The camera was not allowed"), t("Your browser’s question was closed, so {technician} sees nothing.")];
    case "denied":
      return [
        t("Your browser does not allow it"),
        t("It does not let this page use the camera, so {technician} sees nothing."),
      ];
    case "no_camera":
      return [t("No camera was found"), t("Your browser finds no camera on this device. Connect one, then try again.")];
    case "busy":
      return [t("The camera is in use"), t("Another program or page uses it. Close that, then try again.")];
    case "unsupported":
    case "failed":
      return [
        t("The camera cannot be shown"),
        t("Your browser could not read it. Close other programs, then try again."),
      ];
  }
}
