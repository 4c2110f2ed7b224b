// Nothing that was written is dropped unasked, whatever would drop it: a link, another tab, a command, a form beside it,
// the back button. Closing the window asks in the browser's own words; that cannot be done otherwise.
const dialog = document.querySelector("#leave");
const STILL = new Set(["hidden", "submit", "reset", "button"]);
const sent = new WeakSet();
const agreed = new WeakSet();
let isDropped = false;
let here = location.href;

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== first(field);
  if (field.type === "color") return field.value !== field.defaultValue.toLowerCase();
  return field.value !== field.defaultValue;
}

function first(select) {
  return ([...select.options].find((option) => option.defaultSelected) ?? select.options[0])?.value;
}

const nameOf = (line) => {
  const name = (line.querySelector?.("label, h3, legend") ?? line.labels?.[0])?.cloneNode(true);
  name?.querySelector(".opt")?.remove(); // that a field is optional is not a part of its name
  return name?.textContent.trim() ?? "";
};

/** What people call a changed field, once for each line of the form; also what was entered before the page was drawn. */
export function changed(form) {
  const lines = new Map();
  for (const field of form.elements) {
    if (!field.name || STILL.has(field.type) || field.disabled) continue;
    const line = field.closest(".set, .line, tr, .field") ?? field;
    if (isChanged(field) || line.matches("[data-entered]")) lines.set(line, nameOf(line));
  }
  return lines;
}

const all = () => [...document.querySelectorAll("form[method=post]")].filter((form) => !form.closest("dialog, [popover]"));

function unsaved(except) {
  const forms = isDropped ? [] : all().filter((form) => form !== except && !sent.has(form));
  return forms.flatMap((form) => ("dirty" in form.dataset ? [form.dataset.dirty] : [...changed(form).values()]));
}

/** Ask whether unsaved changes may go, but for those of a form that is sent; true at once where there are none. */
export async function mayLeave(except) {
  const names = unsaved(except);
  if (names.length === 0) return true;
  if (dialog.open) return false;
  dialog.querySelector("[data-unsaved]").textContent = [...new Set(names)].filter(Boolean).join(", ");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => {
    dialog.addEventListener("close", closed, { once: true });
  });
  isDropped = dialog.returnValue === "discard";
  return isDropped;
}

/** What is unsaved may go: someone said so. */
export function drop() {
  isDropped = true;
}

/** A form was not taken: what is in it counts as unsaved again. */
export function takeBack() {
  for (const form of all()) sent.delete(form);
  isDropped = false;
}

document.addEventListener(
  "submit",
  async (event) => {
    const { target: form, submitter } = event;
    if (form.closest("dialog, [popover]") || form.role === "search" || form.getAttribute("role") === "search") return;
    const losesSecret = submitter?.matches("[data-lock]") && [...form.elements].some((field) => field.type === "password" && isChanged(field));
    if (agreed.delete(form) || (!losesSecret && unsaved(form).length === 0)) {
      if (form.method === "post" && !submitter?.matches("[hx-post]")) sent.add(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!(await mayLeave(losesSecret ? undefined : form))) return;
    agreed.add(form);
    form.requestSubmit(submitter);
  },
  true,
);

document.addEventListener(
  "click",
  async (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    if (link.matches("[hx-get], [role=treeitem], [data-menu], [data-ask], [data-found], [target], [download]")) return;
    if (link.closest("dialog, [popover]") || link.getAttribute("href").startsWith("#") || unsaved().length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await mayLeave()) location.assign(link.href);
  },
  true,
);

document.addEventListener("htmx:confirm", async (event) => {
  const { target, elt, issueRequest } = event.detail;
  if (target?.id !== "sheet" || elt.matches("form, form *") || unsaved().length === 0) return;
  event.preventDefault();
  if (await mayLeave()) issueRequest(true);
});

window.addEventListener("popstate", async (event) => {
  if (unsaved().length === 0 || new URL(here).pathname === location.pathname) return;
  event.stopImmediatePropagation();
  const wanted = location.href;
  history.pushState({ htmx: true }, "", here);
  if (await mayLeave()) location.assign(wanted);
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved().length > 0) event.preventDefault();
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "sheet") return;
  isDropped = false;
  here = location.href;
});
