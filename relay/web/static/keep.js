// Recovery codes can be copied and printed. Without this script they are written down.
const list = document.querySelector(".recovery-codes");
document.querySelector("[data-keep]").hidden = false;
const copy = document.querySelector("[data-copy-codes]");
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText([...list.querySelectorAll("code")].map((code) => code.textContent).join("\n"));
  copy.querySelector("span").textContent = copy.dataset.done;
});
document.querySelector("[data-print]").addEventListener("click", () => window.print());
