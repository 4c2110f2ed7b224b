// Forms say what has changed and is not saved, and nobody leaves that behind unawares. Without this script forms work
// as forms do.
const texts = document.querySelector("#texts").dataset;
const isSent = new WeakSet();
const STILL = new Set(["hidden", "submit", "reset", "button"]);

const forms = () => [...document.querySelectorAll("form[data-guard]")];

function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== first(field);
  if (field.type === "color") return field.value !== field.defaultValue.toLowerCase();
  return field.value !== field.defaultValue;
}

function first(select) {
  return ([...select.options].find((option) => option.defaultSelected) ?? select.options[0])?.value;
}

/** What people call a changed field, once for each line of the form. */
function changed(form) {
  const lines = new Map();
  for (const field of form.elements) {
    if (!field.name || STILL.has(field.type) || field.disabled || !isChanged(field)) continue;
    const line = field.closest(".set, .line, tr") ?? field;
    lines.set(line, (line.querySelector("label, h3")?.textContent ?? "").trim());
  }
  return lines;
}

function tell(form) {
  const lines = changed(form);
  const words = lines.size === 1 ? texts.one : texts.many.replace("{count}", lines.size);
  form.querySelector("[data-sum]").textContent = lines.size ? words : "";
  const names = form.querySelector("[data-names]");
  if (names) names.textContent = [...lines.values()].join(", ");
  form.querySelector("[data-discard]").hidden = !lines.size;
  for (const link of form.querySelectorAll(".sections a")) count(form, link, lines);
}

function count(form, link, lines) {
  const section = form.querySelector(link.hash);
  const inside = [...lines.keys()].filter((line) => section.contains(line)).length;
  link.querySelector(".mark-n")?.remove();
  if (inside) link.append(Object.assign(document.createElement("span"), { className: "mark-n", textContent: inside }));
}

const isDirty = () => forms().some((form) => !isSent.has(form) && changed(form).size > 0);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) tell(form);
});
document.addEventListener("reset", (event) => {
  if (event.target.matches("form[data-guard]")) requestAnimationFrame(() => tell(event.target));
});
document.addEventListener("submit", (event) => isSent.add(event.target), true);
window.addEventListener("beforeunload", (event) => {
  if (isDirty()) event.preventDefault();
});
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const replacesForm = event.detail.target?.id === "sheet" && !event.detail.elt.matches("form[data-guard]");
  if (!replacesForm || !isDirty()) return;
  if (!confirm(texts.leave)) event.preventDefault();
  else for (const form of forms()) isSent.add(form);
});
/** A save that did not arrive leaves the form as it is, and says why. */
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.body.addEventListener(name, (event) => {
    for (const form of forms()) isSent.delete(form);
    const sum = document.querySelector("[data-sum]");
    const why = { 401: texts.out, 412: texts.old }[event.detail.xhr?.status] ?? texts.lost;
    if (sum) sum.textContent = why;
  });
}
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "sheet") return;
  begin();
  document.querySelector("#sheet [role=alert]")?.focus();
});

/** The list of sections follows what is read. */
function begin() {
  help(localStorage.getItem("deskside-help") !== "off");
  const tab = document.querySelector(".tab[aria-current]");
  tab?.parentElement.scrollTo({ left: tab.offsetLeft - tab.parentElement.offsetLeft - 16 });
  const page = document.querySelector(".settings-form");
  if (!page) return;
  const links = new Map([...document.querySelectorAll(".sections a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      const top = entries.filter((entry) => entry.isIntersecting).sort((one, other) => one.boundingClientRect.top - other.boundingClientRect.top)[0];
      if (!top) return;
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(top.target.id)?.setAttribute("aria-current", "true");
    },
    { root: page, rootMargin: "0px 0px -70% 0px" },
  );
  for (const section of page.querySelectorAll("section[id]")) seen.observe(section);
}

/** Help beside the fields can be put away; the browser remembers it (ORG-17). */
function help(wanted) {
  document.body.classList.toggle("no-help", !wanted);
  localStorage.setItem("deskside-help", wanted ? "on" : "off");
  const button = document.querySelector("[data-help]");
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(wanted));
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) help(document.body.classList.contains("no-help"));
});
begin();
if (new URLSearchParams(location.search).has("new")) document.querySelector("#field-name")?.select();
if (new URLSearchParams(location.search).has("done")) history.replaceState(history.state, "", location.pathname);
