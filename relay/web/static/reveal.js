// A password that is typed can be looked at. Without this script the buttons stay away.
for (const button of document.querySelectorAll("[data-reveal]")) button.hidden = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-reveal]");
  if (!button) return;
  const field = document.getElementById(button.dataset.reveal);
  const isShown = field.type === "text";
  field.type = isShown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!isShown));
});
// What is sent is a password again, so that no browser keeps it as a text that was typed before.
document.addEventListener("submit", () => {
  for (const button of document.querySelectorAll("[data-reveal]")) document.getElementById(button.dataset.reveal).type = "password";
}, true);
document.body.addEventListener("htmx:afterSettle", () => {
  for (const button of document.querySelectorAll("[data-reveal]")) button.hidden = false;
});
