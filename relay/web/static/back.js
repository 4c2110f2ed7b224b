// Leads a tab that waits in this channel already back to where it waits. Without script the form is shown once more.
function waitsIn() {
  try {
    return JSON.parse(sessionStorage.getItem("deskside.visit"))?.channel; // as applet/web/src/page.ts keeps it
  } catch {
    return undefined; // the browser keeps nothing for pages, or something else wrote it
  }
}

if (waitsIn() === Number(document.querySelector("[data-channel]").dataset.channel)) location.replace("/join");
