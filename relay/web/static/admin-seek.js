// Finds settings by what they are called and what their help says. Without this script the list of sections leads there.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function seek(field) {
  const form = field.closest("form");
  const wanted = plain(field.value.trim());
  let found = 0;
  for (const section of form.querySelectorAll(".settings-form > section")) {
    const heading = plain(section.querySelector("h2").textContent);
    let inside = 0;
    for (const line of section.querySelectorAll(".set")) {
      const words = plain([line.querySelector(".words"), line.querySelector(".what > p")].map((each) => each?.textContent ?? "").join(" "));
      line.hidden = !(heading.includes(wanted) || words.includes(wanted));
      inside += line.hidden ? 0 : 1;
    }
    section.hidden = inside === 0;
    form.querySelector(`.sections a[href="#${section.id}"]`).hidden = section.hidden;
    found += inside;
  }
  const told = form.querySelector("[data-found-count]");
  const words = found === 1 ? told.dataset.one : told.dataset.many.replace("{count}", found);
  told.textContent = wanted ? (found ? words : told.dataset.none) : "";
}

function prepare() {
  for (const field of document.querySelectorAll("[data-seek]")) field.closest(".seek-settings").hidden = false;
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-seek]")) seek(event.target);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-seek]")) return;
  if (event.key === "Enter") event.preventDefault();
  if (event.key !== "Escape" || !event.target.value) return;
  event.target.value = "";
  seek(event.target);
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "sheet") prepare();
});
prepare();
