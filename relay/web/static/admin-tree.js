// The tree by mouse and keyboard (the WAI-ARIA tree pattern). Without this script each line is a plain link, and the
// branch of what is shown is open.
const tree = document.querySelector("#tree");
const pane = document.querySelector("#pane");
const seek = document.querySelector("#seek");
const MOST_OPEN = 120;
let isStale = false;
let typed = "";
let typedAt = 0;

const items = () => [...tree.querySelectorAll("[role=treeitem]")];
const groupOf = (item) => item.parentElement.querySelector(":scope > ul");
const parentOf = (item) => item.parentElement.parentElement.previousElementSibling;

export function focus(item) {
  if (!item) return;
  for (const each of tree.querySelectorAll("[tabindex='0']")) each.tabIndex = -1;
  item.tabIndex = 0;
  item.focus();
}

/** The units that a command is for: all that are chosen if `item` is among them, else only this one. */
export function chosen(item) {
  const all = items().filter((each) => each.getAttribute("aria-selected") === "true");
  return all.includes(item) ? all : [item];
}

function remember() {
  const open = items().filter((item) => item.getAttribute("aria-expanded") === "true");
  const names = open.map((item) => item.dataset.unit).slice(0, MOST_OPEN);
  // The relay draws the branches that are named here.
  document.cookie = `deskside-open=${names.join(".")}; path=/admin; samesite=lax; max-age=31536000`;
}

async function open(item) {
  if (item.getAttribute("aria-expanded") !== "false") return;
  const tab = document.querySelector(".sheet-head")?.dataset.tab ?? "";
  const answer = await fetch(`/admin/branch/${item.dataset.unit}?tab=${tab}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const group = document.createElement("ul");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", item.querySelector("bdi").textContent);
  group.innerHTML = await answer.text();
  groupOf(item)?.remove();
  item.after(group);
  item.setAttribute("aria-expanded", "true");
  htmx.process(group);
  settle();
  remember();
}

function close(item) {
  if (item.getAttribute("aria-expanded") !== "true") return;
  const held = groupOf(item);
  const within = held?.contains(document.activeElement);
  held?.remove();
  item.setAttribute("aria-expanded", "false");
  if (within) focus(item);
  remember();
}

function show(item) {
  const path = item.getAttribute("href");
  htmx.ajax("GET", path, { target: "#sheet", source: item, push: path });
}

function mark(item, more) {
  if (!more) for (const each of items()) each.setAttribute("aria-selected", "false");
  item.setAttribute("aria-selected", more && item.getAttribute("aria-selected") === "true" ? "false" : "true");
}

/** One line takes the focus of the Tab key; the others follow by the arrow keys. */
function settle() {
  const all = items();
  const first = all.find((item) => item.tabIndex === 0 && item.hasAttribute("tabindex"));
  for (const item of all) if (item !== first) item.tabIndex = -1;
  if (!first && all.length) (all.find((item) => item.hasAttribute("aria-current")) ?? all[0]).tabIndex = 0;
}

/** The sheet shows another unit: say so in the tree, which is redrawn where that unit is not in it, or has an older name. */
function follow() {
  const head = document.querySelector(".sheet-head");
  if (!head) return;
  const { unit, tab } = head.dataset;
  document.querySelector("#seek-tab").value = tab;
  for (const item of items()) item.setAttribute("href", item.getAttribute("href").replace(/^\/admin\/[^/]+/, `/admin/${tab}`));
  const shown = items().find((item) => item.dataset.unit === unit && !("linked" in item.dataset));
  if (!shown) {
    htmx.ajax("GET", `/admin/tree/${unit}?tab=${tab}`, { target: "#tree" }).then(settle);
    return;
  }
  const title = head.querySelector("h1 bdi").textContent;
  if (/-\d+$/.test(unit) && shown.querySelector("bdi").textContent !== title) isStale = true;
  for (const item of items()) item.removeAttribute("aria-current");
  shown.setAttribute("aria-current", "page");
  if (!chosen(shown).includes(shown) || chosen(shown).length === 1) mark(shown, false);
}

function letter(key) {
  const now = performance.now();
  typed = now - typedAt > 700 ? key : typed + key;
  typedAt = now;
  const all = items();
  const start = all.indexOf(document.activeElement) + (typed.length === 1 ? 1 : 0);
  const order = [...all.slice(start), ...all.slice(0, start)];
  focus(order.find((item) => item.querySelector("bdi")?.textContent.toLowerCase().startsWith(typed.toLowerCase())));
}

const KEYS = {
  ArrowDown: (all, at) => focus(all[at + 1]),
  ArrowUp: (all, at) => focus(all[at - 1]),
  Home: (all) => focus(all[0]),
  End: (all) => focus(all.at(-1)),
  inward: (all, at, item) => (item.getAttribute("aria-expanded") === "false" ? open(item) : groupOf(item) && focus(all[at + 1])),
  outward: (_all, _at, item) => (item.getAttribute("aria-expanded") === "true" ? close(item) : focus(parentOf(item))),
  Enter: (_all, _at, item) => item.click(),
  "*": (_all, _at, item) => [...item.closest("ul").children].forEach((line) => { open(line.querySelector("a")); }),
};

tree.addEventListener("keydown", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (!item || event.altKey || event.metaKey || event.key === "F10") return;
  if (event.key === " ") {
    event.preventDefault();
    mark(item, event.ctrlKey);
    return;
  }
  if (event.ctrlKey) return;
  const mirrored = getComputedStyle(tree).direction === "rtl";
  const key = { ArrowRight: mirrored ? "outward" : "inward", ArrowLeft: mirrored ? "inward" : "outward" }[event.key] ?? event.key;
  const action = KEYS[key];
  if (action) {
    event.preventDefault();
    const all = items();
    action(all, all.indexOf(item), item);
  } else if (event.key.length === 1) letter(event.key);
});

tree.addEventListener("click", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (!item || item.classList.contains("node--more") || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (event.target.closest(".twist") && item.hasAttribute("aria-expanded")) {
    if (item.getAttribute("aria-expanded") === "true") close(item);
    else open(item);
    return;
  }
  focus(item);
  if (event.ctrlKey || event.metaKey) {
    mark(item, true);
    return;
  }
  pane.classList.remove("is-front");
  show(item);
});

document.querySelector("#found").addEventListener("click", (event) => {
  const link = event.target.closest("[data-found]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  pane.classList.remove("is-front");
  show(link);
});
seek.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    (document.querySelector("[data-found]") ?? tree.querySelector("[tabindex='0']"))?.focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    seek.focus();
  }
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".back")) return;
  event.preventDefault();
  pane.classList.add("is-front");
  (tree.querySelector("[aria-current]") ?? tree.querySelector("[tabindex='0']"))?.focus();
});
/** Something was saved: names and what is switched off may read otherwise now. The line with the focus keeps it. */
document.body.addEventListener("deskside-tree", () => {
  isStale = true;
});
async function drawAgain() {
  isStale = false;
  const { unit, tab } = document.querySelector(".sheet-head").dataset;
  const focused = tree.contains(document.activeElement) ? document.activeElement.dataset.unit : undefined;
  await htmx.ajax("GET", `/admin/tree/${unit}?tab=${tab}`, { target: "#tree", source: "#tree" });
  settle();
  if (focused) focus(items().find((item) => item.dataset.unit === focused));
}
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "sheet") follow();
  settle();
  if (event.target.id === "sheet" && isStale) drawAgain();
});
tree.addEventListener("scroll", () => sessionStorage.setItem("deskside-tree", String(tree.scrollTop)), { passive: true });
tree.scrollTop = Number(sessionStorage.getItem("deskside-tree") ?? 0);
settle();
remember();
tree.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
