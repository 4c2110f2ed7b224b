// Dragging in the tree. What a drop would do is asked of the relay and said before it happens.
import { command } from "./admin-menu.js";
import { chosen } from "./admin-tree.js";

const tree = document.querySelector("#tree");
const tip = document.querySelector("#tip");
const answers = new Map();
let dragged = [];
let over = null;

const fields = (target) => [
  ["form", tree.dataset.form],
  ...dragged.map((name) => ["unit", name]),
  ["target", target],
];

function preview(target) {
  if (!answers.has(target)) {
    const body = new URLSearchParams(fields(target));
    const asked = fetch("/admin/preview", { method: "POST", body, headers: { "HX-Request": "true" } });
    answers.set(target, asked.then((answer) => answer.json()));
  }
  return answers.get(target);
}

function leave() {
  over?.classList.remove("is-target", "is-barred");
  over = null;
  tip.hidePopover();
}

async function enter(item, at) {
  over = item;
  const { possible, text } = await preview(item.dataset.unit);
  if (over !== item) return;
  item.classList.add(possible ? "is-target" : "is-barred");
  tip.textContent = text;
  tip.showPopover();
  tip.style.left = `${Math.min(at.x + 16, innerWidth - 270)}px`;
  tip.style.top = `${at.y + 16}px`;
}

tree.addEventListener("dragstart", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (!item) return;
  dragged = chosen(item).map((each) => each.dataset.unit);
  answers.clear();
  event.dataTransfer.effectAllowed = "all";
  event.dataTransfer.setData("text/plain", item.querySelector("bdi").textContent);
});
tree.addEventListener("dragover", (event) => {
  const item = event.target.closest("[role=treeitem]");
  if (item !== over) {
    leave();
    if (item?.dataset.unit && dragged.length && !dragged.includes(item.dataset.unit)) enter(item, { x: event.clientX, y: event.clientY });
  }
  if (over && !over.classList.contains("is-barred")) event.preventDefault();
});
tree.addEventListener("dragleave", (event) => {
  if (!tree.contains(event.relatedTarget)) leave();
});
tree.addEventListener("drop", async (event) => {
  event.preventDefault();
  const target = over?.dataset.unit;
  leave();
  if (target && (await preview(target)).possible) command("/admin/place", fields(target));
});
tree.addEventListener("dragend", () => {
  leave();
  dragged = [];
});
