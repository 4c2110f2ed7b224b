// The secret of a link stands behind the # sign: no server and no log sees it before the form is sent.
const secret = decodeURIComponent(location.hash.slice(1));
if (secret) {
  document.getElementById("secret").value = secret;
  document.getElementById("secret-field").hidden = true;
  history.replaceState(null, "", location.pathname);
}
