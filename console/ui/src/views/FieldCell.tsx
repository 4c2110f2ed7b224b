import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { editField } from "../state/console";
import { type Field, fieldValue, mayEdit } from "../state/fields";
import { groupOf } from "../state/groups";
import { toast } from "../state/toasts";
import { fieldSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import { Choices } from "./FieldInput";

interface CellProps {
  session: Session;
  field: Field;
  look?: string;
  /** What is shown where there is no value. */
  instead?: string;
}

/** The value of a field in the list. Who may edit it presses it: Enter and leaving the field keep what was typed, Escape does not. */
export function FieldCell({ session, field, look = "", instead = "–" }: CellProps) {
  const editing = useSignal(false);
  const opener = useRef<HTMLButtonElement>(null);
  const value = fieldValue(session, field.number);
  if (!mayEdit() || groupOf(session) === "ended") return <bdi class="cut">{value}</bdi>;
  if (editing.value) {
    return (
      <Editor
        field={field}
        value={value}
        done={(changed, byKey) => {
          editing.value = false;
          if (byKey) setTimeout(() => opener.current?.focus());
          if (changed !== undefined && changed !== value) void keep(session.id, field, changed);
        }}
      />
    );
  }
  const name = t("Edit {field}: {value}", { field: field.label, value: value || t("empty") });
  return (
    <button
      ref={opener}
      type="button"
      class={`cell-edit cut ${look}`}
      aria-label={name}
      onClick={() => {
        editing.value = true;
      }}
    >
      <bdi class="cut">{value || instead}</bdi>
    </button>
  );
}

async function keep(session: number, field: Field, value: string): Promise<void> {
  const failed = await editField(session, field.number, value);
  if (failed !== undefined) toast(fieldSentence(failed, field));
}

interface EditorProps {
  field: Field;
  value: string;
  /** Called once: without a value nothing is to be changed. */
  done: (value: string | undefined, byKey: boolean) => void;
}

function Editor({ field, value, done }: EditorProps) {
  const input = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const isOver = useRef(false);
  // At once, so that the next key is not lost.
  useLayoutEffect(() => {
    input.current?.focus();
    if (field.choices.length === 0) input.current?.select();
  }, []);
  const finish = (changed: string | undefined, byKey: boolean) => {
    if (isOver.current) return;
    isOver.current = true;
    done(changed, byKey);
  };
  const common = {
    ref: input,
    class: "input cell-input",
    "aria-label": field.label,
    onKeyDown: (event: KeyboardEvent & { currentTarget: { value: string } }) => {
      if (event.key === "Enter") finish(event.currentTarget.value, true);
      else if (event.key === "Escape") finish(undefined, true);
    },
    onBlur: (event: FocusEvent & { currentTarget: { value: string } }) => finish(event.currentTarget.value, false),
  };
  if (field.choices.length === 0)
    return <input {...common} dir="auto" maxLength={field.longest} defaultValue={value} />;
  return (
    <select {...common} defaultValue={value}>
      <Choices field={field} value={value} />
    </select>
  );
}
