// Buttons that copy a field. Without this script they stay away, and the field is selected by hand.
function begin() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!("quiet" in button.dataset)) document.getElementById(button.dataset.copy).select();
    button.hidden = !navigator.clipboard;
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
  button.querySelector("span").textContent = button.dataset.done;
});
document.body.addEventListener("htmx:afterSettle", begin);
begin();
