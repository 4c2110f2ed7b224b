// Shows moments in the visitor's own time; without this script they say UTC.
// In the language of the page, as it is written where the visitor is: British dates for British visitors.
const page = document.documentElement.lang;
const locale = navigator.languages.find((each) => each.split("-")[0] === page) ?? page;

function showTimes() {
  for (const time of document.querySelectorAll("time[data-style]")) {
    const style = time.dataset.style === "clock" ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(locale, style).format(new Date(time.dateTime));
  }
}

document.addEventListener("htmx:afterSwap", showTimes);
showTimes();
