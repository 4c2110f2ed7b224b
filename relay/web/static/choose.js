// The secret of a link is behind the # sign: no server and no log sees it before the page is open.
const secret = decodeURIComponent(location.hash.slice(1));
if (secret) {
  document.getElementById("secret").value = secret;
  document.getElementById("secret-field").hidden = true;
  history.replaceState(null, "", location.pathname);
  opened();
}

/** Says at once that a link no longer works, before a password is typed in vain. */
async function opened() {
  const answer = await fetch("/choose-password/opened", { method: "POST", body: new URLSearchParams({ secret }) });
  if (answer.status === 404) document.getElementById("dead").hidden = false;
  else if ((await answer.json()).kind === "invitation") document.getElementById("revoke").hidden = true; // no keys yet
}
