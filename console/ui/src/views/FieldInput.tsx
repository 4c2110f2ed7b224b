import { useEffect, useRef } from "preact/hooks";
import type { Field } from "../state/fields";
import { t } from "../texts/texts";

interface Props {
  field: Field;
  value: string;
  /** What is wrong with it, if anything. */
  problem?: string | undefined;
  autofocus?: boolean;
  change: (value: string) => void;
}

/** The name field or a custom field in a form: free text, or one of the choices. */
export function FieldInput({ field, value, problem, autofocus = false, change }: Props) {
  const { number, label, required, longest } = field;
  const id = `field-${number}`;
  const hint = `${id}-problem`;
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  useEffect(() => {
    if (problem !== undefined) input.current?.focus();
  }, [problem]);
  const common = {
    ref: input,
    id,
    value,
    required,
    "aria-invalid": problem !== undefined,
    "aria-describedby": problem === undefined ? undefined : hint,
    autofocus,
  };
  return (
    <div class="field">
      <label class="label" for={id}>
        <bdi>{label}</bdi> <span class="opt">{required ? t("required") : t("optional")}</span>
      </label>
      {field.choices.length > 0 ? (
        <select
          {...common}
          class={`input${problem === undefined ? "" : " is-bad"}`}
          onChange={(event) => change(event.currentTarget.value)}
        >
          <Choices field={field} value={value} />
        </select>
      ) : (
        <input
          {...common}
          class={`input${problem === undefined ? "" : " is-bad"}`}
          maxLength={longest}
          dir="auto"
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      {problem !== undefined && (
        <p class="hint hint--bad" id={hint} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

/** The choices of a drop-down list. A value that is none of them any more stays one, so that nothing changes unseen. */
export function Choices({ field, value }: { field: Field; value: string }) {
  const former = value !== "" && !field.choices.includes(value) ? [value] : [];
  return (
    <>
      <option value="">{t("None")}</option>
      {[...former, ...field.choices].map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </>
  );
}
