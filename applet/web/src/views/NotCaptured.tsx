/** The browser gave nothing to show. The question is still open: try again, or just chat. */

import type { ComponentChildren } from "preact";
import { t } from "../texts/texts.ts";
import { Card } from "./Stage.tsx";

interface Props {
  icon: string;
  warns: boolean;
  title: string;
  lead: ComponentChildren;
  /** What tries once more. */
  again: string;
  deaf: boolean;
  decide: (yes: boolean) => void;
  /** What else may be in the way, and what to do about it, step by step. */
  help: string;
  steps: readonly string[];
  open?: boolean;
}

export function NotCaptured({ icon, warns, title, lead, again, deaf, decide, help, steps, open = false }: Props) {
  return (
    <Card icon={icon} look={warns ? "warn" : "plain"} title={title} lead={lead}>
      <div class="state-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          data-now
          aria-disabled={deaf}
          onClick={() => decide(true)}
        >
          {again}
        </button>
        <button type="button" class="btn btn--touch" aria-disabled={deaf} onClick={() => decide(false)}>
          {t("Just chat")}
        </button>
      </div>
      <details class="help-with" open={open}>
        <summary>{help}</summary>
        <ol>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </details>
    </Card>
  );
}
