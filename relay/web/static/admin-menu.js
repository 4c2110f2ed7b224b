// The menu of an item: by right-click, by Shift+F10 or the menu key in the tree, by the button in the head of the sheet.
// What must be asked first comes in a dialog.
import { mayLeave } from "./admin-leave.js";
import { chosen, focus } from "./admin-tree.js";

const tree = document.querySelector("#tree");
const menu = document.querySelector("#menu");
const dialog = document.querySelector("#dialog");
const AS_PART = { headers: { "HX-Request": "true" } };
let opener = null;
let asked = 0;

/** Only the last question opens a menu, and only if nobody went on meanwhile: a late one would take the next key. */
async function openMenu(query, from, at) {
  const question = ++asked;
  const answer = await fetch(`/admin/menu?${query}`, AS_PART);
  const text = await answer.text();
  if (!answer.ok || question !== asked) return;
  opener = from;
  menu.innerHTML = text;
  menu.showPopover();
  const box = menu.getBoundingClientRect();
  const left = document.documentElement.dir === "rtl" ? at.x - box.width : at.x;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - box.height - 8))}px`;
  entries()[0]?.focus();
}

const entries = () => [...menu.querySelectorAll("[role=menuitem]")];

function forItem(item, at) {
  const names = chosen(item).map((each) => `unit=${each.dataset.unit}`);
  const linked = "linked" in item.dataset ? "&linked=1" : "";
  openMenu(`${names.join("&")}&under=${item.dataset.under}${linked}`, item, at);
}

function below(element) {
  const box = element.getBoundingClientRect();
  return { x: document.documentElement.dir === "rtl" ? box.right - 24 : box.left + 24, y: box.bottom };
}

async function ask(path) {
  const answer = await fetch(path, AS_PART);
  dialog.innerHTML = await answer.text();
  dialog.showModal();
}

tree.addEventListener("contextmenu", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (!item || item.classList.contains("node--more")) return;
  event.preventDefault();
  focus(item);
  forItem(item, event.clientX ? { x: event.clientX, y: event.clientY } : below(item));
});
tree.addEventListener("keydown", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (!item || !(event.key === "ContextMenu" || (event.shiftKey && event.key === "F10"))) return;
  event.preventDefault();
  forItem(item, below(item));
});
menu.addEventListener("keydown", (event) => {
  const all = entries();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab" || event.key === "Escape") menu.hidePopover();
  else if (to === undefined) return;
  else all[to % all.length]?.focus();
  event.preventDefault();
});
/** Menu and dialog tell late that they are closed: focus that has moved on to the search stays there. */
function giveBack() {
  if (document.activeElement === document.body) opener?.focus();
}

menu.addEventListener("toggle", (event) => {
  if (event.newState === "closed" && !dialog.open) giveBack();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (button) {
    event.preventDefault();
    openMenu(`unit=${button.dataset.menu}`, button, below(button));
    return;
  }
  const question = event.target.closest("[data-ask]");
  if (question) {
    event.preventDefault();
    ask(question.getAttribute("href"));
    menu.hidePopover();
    return;
  }
  if (event.target.closest("#dialog [data-close]")) {
    event.preventDefault();
    dialog.close();
  }
  for (const drop of document.querySelectorAll("details.drop[open]")) if (!drop.contains(event.target)) drop.open = false;
});
document.addEventListener("keydown", (event) => {
  if (!["Shift", "F10", "ContextMenu"].includes(event.key)) asked++;
  if (event.key === "Escape") for (const drop of document.querySelectorAll("details.drop[open]")) drop.open = false;
  const button = event.target.closest?.("[data-menu]");
  if (button && event.key === " ") {
    event.preventDefault();
    button.click();
  }
});
dialog.addEventListener("close", giveBack);

/** A command that is refused says why in the dialog, and the page stays as it is. */
export async function command(path, fields) {
  if (!(await mayLeave())) return;
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(fields), ...AS_PART });
  const next = answer.headers.get("HX-Redirect");
  if (next) {
    location.assign(next);
    return;
  }
  dialog.innerHTML = await answer.text();
  if (!dialog.open) dialog.showModal();
}

for (const place of [menu, dialog]) {
  place.addEventListener("submit", (event) => {
    event.preventDefault();
    const { form, submitter } = { form: event.target, submitter: event.submitter };
    if (place === menu) menu.hidePopover();
    command(form.getAttribute("action"), [...new FormData(form, submitter)]);
  });
}
