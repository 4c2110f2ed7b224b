// Says at once that a file is too large, and sends nothing of it: what else was typed stays on the page.
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const isLarge = [...input.files].some((file) => file.size > Number(input.dataset.most));
    if (isLarge) input.value = "";
    input.setCustomValidity(isLarge ? input.dataset.tooLarge : "");
    if (isLarge) input.reportValidity();
  });
}
