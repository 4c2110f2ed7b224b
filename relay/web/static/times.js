// Shows moments in the visitor's own time; without this script they say UTC.
for (const time of document.querySelectorAll("time[data-style]")) {
  const style = time.dataset.style === "clock" ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(time.dateTime));
}
