/** The name field and the custom fields: what they are called, which are columns of the list, and who may edit them. */

import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { type CustomField, FIELD_CHARACTERS, NAME_CHARACTERS } from "@deskside/codec/wire/customFields.gen";
import { computed, signal } from "@preact/signals";
import { t } from "../texts/texts";
import { desk, sessions } from "./console";
import { has } from "./functions";

const KEPT = "deskside-columns";

/** One of the six, with its number: 0 is the name field. */
export interface Field extends Required<CustomField> {
  number: number;
  longest: number;
}

/** All six, as the technician's group uses them. */
export const fields = computed<readonly Field[]>(() =>
  (desk.value?.fields ?? []).map(({ label, shown = false, required = false, choices = [] }, number) => ({
    number,
    label: label || (number === 0 ? t("Name") : t("Custom field {number}", { number })),
    shown,
    required,
    choices,
    longest: number === 0 ? NAME_CHARACTERS : FIELD_CHARACTERS,
  })),
);

/** What the technician has chosen, by the fields' numbers. */
const chosen = signal<Readonly<Record<string, boolean>>>(kept());

/** The custom fields that are columns of the list: without a choice those that the group asks for, or that have a value. */
export const columns = computed(() => {
  const isFilled = (number: number) => [...sessions.value.values()].some((session) => fieldValue(session, number));
  return fields.value.filter(
    ({ number, shown }) => number > 0 && (chosen.value[number] ?? (shown || isFilled(number))),
  );
});

/** Let a custom field be a column, or no longer. It is kept in this browser. */
export function toggleColumn(number: number): void {
  const isColumn = columns.value.some((field) => field.number === number);
  chosen.value = { ...chosen.value, [number]: !isColumn };
  localStorage.setItem(KEPT, JSON.stringify(chosen.value));
}

/** Return what the name field is called. */
export function nameWord(): string {
  return fields.value[0]?.label || t("Name");
}

/** Return the value of a field in a session, empty where there is none. */
export function fieldValue({ name, fields: custom }: Pick<Session, "name" | "fields">, number: number): string {
  return number === 0 ? name : (custom?.[number - 1] ?? "");
}

/** Whether this technician may edit the fields of sessions, and wants to. */
export function mayEdit(): boolean {
  return has("inline_edit");
}

function kept(): Record<string, boolean> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Record<string, boolean>; // nothing but this page writes it
  } catch {
    return {};
  }
}
