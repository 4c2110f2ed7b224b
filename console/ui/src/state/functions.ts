/** What this technician's group may do, as the relay says; the applet holds to the same list. */

import { type Access, FUNCTIONS } from "@deskside/codec/wire/access.gen";
import { desk } from "./console";

/** Whether a permission is on, by its name. */
export function has(name: string): boolean {
  return desk.value?.functions?.includes(name) ?? false;
}

/** Whether everything that is seen is recorded, whatever the technician wants. */
export function mustRecord(): boolean {
  return desk.value?.recording?.forced ?? false;
}

/** Whether the customer may be asked for this. */
export function mayAsk(access: Access): boolean {
  return has(FUNCTIONS[access]);
}
