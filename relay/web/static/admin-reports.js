// Offers the zone where the visitor is; shows the two dates only where they count.
const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;

function prepare(form) {
  const zone = form.querySelector("#zone");
  if (here && ![...zone.options].some((option) => option.value === here)) {
    zone.add(new Option(here, here), 0);
    if (!new URL(location.href).searchParams.has("zone")) zone.value = here;
  }
  const period = form.querySelector("#period");
  const show = () => {
    for (const field of form.querySelectorAll(".dates")) field.hidden = period.value !== "between";
  };
  period.addEventListener("change", show);
  show();
}

function prepareAll() {
  for (const form of document.querySelectorAll("form[data-zones]")) {
    if (!form.dataset.ready) prepare(form);
    form.dataset.ready = "yes";
  }
}

document.addEventListener("htmx:afterSettle", prepareAll);
prepareAll();
