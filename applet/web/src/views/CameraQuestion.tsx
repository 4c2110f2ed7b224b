/** The question for the camera: in our words first, then in the browser's; and what to do where that led to nothing. */

import "../styles/camera.css";
import type { Question as Asked, PickerTrouble, UiState } from "../session/uiState.ts";
import type { Abilities } from "../state/facts.ts";
import { t } from "../texts/texts.ts";
import { Question } from "./Consent.tsx";
import { NotCaptured } from "./NotCaptured.tsx";
import { Name, rich } from "./parts.tsx";

interface Props {
  state: UiState;
  /** Whether it came so recently that no key or click can be meant for it. */
  deaf: boolean;
  decide: (yes: boolean) => void;
}

export function CameraQuestion({ state, question, deaf, decide }: Props & { question: Asked }) {
  return (
    <Question
      state={state}
      question={question}
      deaf={deaf}
      decide={decide}
      look="card--camera"
      title={
        question.isOneAnswer
          ? t("Show your camera to {technician} ({organisation}) and let them record it?")
          : t("Show your camera to {technician} ({organisation})?")
      }
      seeing={t("{technician} sees what you point at, and hears nothing.")}
      unrecorded={t("Photos go to {technician} only when you take them.")}
      yes={[t("Yes, show my camera"), t("Your browser asks next. Choose Allow.")]}
    />
  );
}

/** The browser gave no camera. */
export function NoCamera({ state, can, deaf, decide }: Props & { can: Abilities }) {
  const trouble = state.pickerTrouble ?? (can.camera ? "cancelled" : "no_camera");
  const [title, lead] = words(trouble);
  return (
    <NotCaptured
      icon="camera"
      warns={trouble !== "cancelled"}
      title={title}
      lead={rich(lead, { technician: <Name>{state.technician}</Name> })}
      again={t("Try again")}
      deaf={deaf}
      decide={decide}
      help={t("How to allow the camera")}
      open={trouble === "denied"}
      steps={[
        t("Choose the sign at the left of the address, at the top of the browser."),
        t("Allow the camera for this page."),
        t("On a phone, also allow it in Settings: find your browser under Apps, then Camera."),
        t("Then choose the button above again."),
      ]}
    />
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
      return [
        t("No camera was found"),
        t("Connect one, then try again. Or ask {technician} for a new link, and open it on a phone."),
      ];
    case "busy":
      return [t("The camera is in use"), t("Another program or page uses it. Close that, then try again.")];
    case "not_loaded":
      return [
        t("The camera cannot be shown"),
        t("Part of this page did not load. Check your network, then try again."),
      ];
    case "unsupported":
    case "failed":
      return [
        t("The camera cannot be shown"),
        t("Your browser could not read it. Close other programs, then try again."),
      ];
  }
}
