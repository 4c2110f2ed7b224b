// Offers to copy the whole link. Its secret stands behind the # sign and never leaves this browser by itself.
const button = document.querySelector("#copy");

if (button && location.hash.length > 1 && navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    button.querySelector("span").textContent = button.dataset.done;
  });
}
