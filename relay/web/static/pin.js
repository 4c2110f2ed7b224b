// Shows what is typed into the PIN field as six boxes. Without this script the field is a plain one and works the same.
const field = document.querySelector(".pin");
const input = document.querySelector("#pin");
const boxes = document.querySelector(".boxes");
const DIGITS = 6;

for (let place = 0; place < DIGITS; place++) {
  if (place === DIGITS / 2) boxes.append(Object.assign(document.createElement("span"), { className: "dash" }));
  boxes.append(Object.assign(document.createElement("span"), { className: "digit" }));
}
const shown = [...boxes.querySelectorAll(".digit")];

function draw() {
  const digits = input.value.replace(/\D/g, "");
  const focused = document.activeElement === input;
  shown.forEach((box, place) => {
    const here = focused && place === Math.min(digits.length, DIGITS - 1);
    box.textContent = digits[place] ?? "";
    box.classList.toggle("is-focus", here);
    if (here && digits.length <= place) box.append(Object.assign(document.createElement("span"), { className: "caret" }));
  });
}

function keepAtEnd() {
  input.setSelectionRange(input.value.length, input.value.length);
}

for (const event of ["input", "focus", "blur"]) input.addEventListener(event, draw);
for (const event of ["click", "focus"]) input.addEventListener(event, keepAtEnd);
field.classList.add("is-boxed");
draw();
