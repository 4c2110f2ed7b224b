// A field that means something only with certain values of another one can be written in as soon as these are chosen.
// Without this script it waits until they are saved.
const FIELDS = "input, select, textarea, button";

/** What a form says for a setting now, as a list; undefined where the setting is not in this form. */
function chosen(form, key) {
  const fields = [...form.querySelectorAll(`[name="${CSS.escape(key)}"]`)];
  if (fields.length === 0) return undefined;
  if (fields[0].getAttribute("role") === "switch") return [fields[0].checked];
  if (fields[0].type === "radio" || fields[0].type === "checkbox") return fields.filter((field) => field.checked).map((field) => field.value);
  return [fields[0].value];
}

function follow(form) {
  for (const line of form.querySelectorAll("[data-depends]")) {
    const known = JSON.parse(line.dataset.depends).map(([key, values]) => ({ values, now: chosen(form, key) }));
    if (known.some(({ now }) => now === undefined)) continue;
    const open = known.every(({ values, now }) => now.some((value) => values.includes(value)));
    line.classList.toggle("set--off", !open);
    for (const field of line.querySelectorAll(FIELDS)) field.disabled = !open;
    const why = line.querySelector(".why");
    if (why) why.hidden = open;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.form?.matches("form.settings")) follow(event.target.form);
});
document.addEventListener("reset", (event) => {
  if (event.target.matches("form.settings")) requestAnimationFrame(() => follow(event.target));
});
