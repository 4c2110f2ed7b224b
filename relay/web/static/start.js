// A link's secret is behind the # sign and never leaves this browser by itself. Takes it along to the page that shows the
// screen and to this page in another language, and offers to copy the whole link and the line that starts the help program.
const join = document.querySelector("#join");
const whole = document.querySelector("#copy");
const line = document.querySelector("[data-copy]");

if (join && location.hash.length > 1) join.hash = location.hash;
for (const other of document.querySelectorAll(".languages a")) {
  other.hash = location.hash;
  if (new URLSearchParams(location.search).has("program")) other.search += "&program";
}
if (whole && location.hash.length > 1) offer(whole, () => location.href);
if (line) offer(line, () => document.getElementById(line.dataset.copy).textContent.trim());

function offer(button, text) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    button.querySelector("span").textContent = button.dataset.done;
  });
}
