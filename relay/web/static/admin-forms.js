// Forms say what has changed and is not saved; after a save the page stays where it was read. Without this script forms
// work as forms do.
import { changed, drop, takeBack } from "./admin-leave.js";

const texts = document.querySelector("#texts").dataset;
const SCROLLERS = ".settings-form, .sections, .scroller";
let place = null;

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

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (!form) return;
  // The warnings were about what was entered before: whether there still are any, the next save says.
  if (event.target.name !== "confirmed") form.querySelector(".savebar .again")?.remove();
  tell(form);
});
document.addEventListener("reset", (event) => {
  if (!event.target.matches("form[data-guard]")) return;
  // What was entered before the page was drawn is not in the form's own memory; the relay draws what is stored.
  if (event.target.querySelector("[data-entered]")) {
    drop();
    htmx.ajax("GET", location.pathname, { target: "#sheet", source: "#sheet" });
  } else requestAnimationFrame(() => tell(event.target));
});

/** A save that did not arrive leaves the form as it is, and says why. */
for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.body.addEventListener(name, (event) => {
    takeBack();
    const sum = document.querySelector("[data-sum]");
    const why = { 401: texts.out, 412: texts.old }[event.detail.xhr?.status] ?? texts.lost;
    if (sum) sum.textContent = why;
  });
}

/** How to find an element again after the sheet was redrawn. */
function trace(element) {
  if (!element?.closest("#sheet")) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const tag = element.tagName.toLowerCase();
  if (element.name) return `${tag}[name="${CSS.escape(element.name)}"]${element.value && tag === "button" ? `[value="${CSS.escape(element.value)}"]` : ""}`;
  return element.matches(".savebar .btn--primary") ? ".savebar .btn--primary" : "";
}

const head = () => document.querySelector(".sheet-head")?.dataset ?? {};

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "sheet" || !event.detail.elt.matches("form")) return;
  const tops = [...document.querySelectorAll(`#sheet :is(${SCROLLERS})`)].map((scroller) => scroller.scrollTop);
  place = { unit: head().unit, tab: head().tab, tops, focus: trace(document.activeElement) };
});

function comeBack() {
  const { unit, tab } = head();
  if (!place || place.unit !== unit || place.tab !== tab) return;
  document.querySelectorAll(`#sheet :is(${SCROLLERS})`).forEach((scroller, number) => {
    scroller.scrollTop = place.tops[number] ?? 0;
  });
  const found = place.focus && document.querySelector(`#sheet ${place.focus}`);
  (found || document.querySelector("#sheet .receipt"))?.focus({ preventScroll: true });
}

/** Go to a field that a banner names: the field itself, or the first thing in its line that can be filled in. */
function goTo(link) {
  const line = document.querySelector(link.hash)?.closest(".set, .line");
  const field = [...(line?.querySelectorAll("input, select, textarea") ?? [])].find((each) => each.type !== "hidden" && !each.disabled);
  line?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-to]");
  if (!link) return;
  event.preventDefault();
  goTo(link);
});

document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "sheet") return;
  begin();
});

function begin() {
  help(localStorage.getItem("deskside-help") !== "off");
  const tab = document.querySelector(".tab[aria-current]");
  tab?.parentElement.scrollTo({ left: tab.offsetLeft - tab.parentElement.offsetLeft - 16 });
  for (const form of document.querySelectorAll("form[data-guard]")) if (form.querySelector("[data-entered]")) tell(form);
  const wrong = document.querySelector("#sheet [data-to]");
  if (wrong) goTo(wrong);
  else if (place) comeBack();
  if (!wrong) document.querySelector("#sheet [role=alert][tabindex]")?.focus();
  place = document.querySelector("#sheet form.asking") ? place : null;
  follow();
}

/** The list of sections follows what is read. */
function follow() {
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
