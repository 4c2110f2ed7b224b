// Shows what is typed into the PIN field as boxes, and keeps back what is a secret: digits after the PIN are for the help
// program, and never leave this page. Without this script the field is a plain one, and its pattern refuses them.
// A PIN that begins with a 9 has nine digits, every other one has six (codec/wire/pins.py).
const field = document.querySelector(".pin");
const input = document.querySelector("#pin");
const boxes = document.querySelector(".boxes");
const note = document.querySelector("#kept-back");
const GROUP = 3;
let shown = [];

function lengthOf(digits) {
  return digits.startsWith("9") ? 9 : 6;
}

function keepBack() {
  const digits = input.value.replace(/\D/g, "");
  const length = lengthOf(digits);
  if (digits.length <= length) return;
  input.value = digits.slice(0, length);
  note.hidden = false;
}

function make(length) {
  boxes.replaceChildren();
  for (let place = 0; place < length; place++) {
    if (place > 0 && place % GROUP === 0) boxes.append(Object.assign(document.createElement("span"), { className: "dash" }));
    boxes.append(Object.assign(document.createElement("span"), { className: "digit" }));
  }
  shown = [...boxes.querySelectorAll(".digit")];
}

function draw() {
  keepBack();
  paint();
}

function paint() {
  const digits = input.value.replace(/\D/g, "");
  const focused = document.activeElement === input;
  const length = lengthOf(digits);
  if (shown.length !== length) make(length);
  shown.forEach((box, place) => {
    const here = focused && place === Math.min(digits.length, length - 1);
    box.textContent = digits[place] ?? "";
    box.classList.toggle("is-focus", here);
    if (here && digits.length <= place) box.append(Object.assign(document.createElement("span"), { className: "caret" }));
  });
}

function keepAtEnd() {
  input.setSelectionRange(input.value.length, input.value.length);
}

for (const event of ["input", "change", "focus"]) input.addEventListener(event, draw);
input.addEventListener("blur", paint); // a note that appears now would move the button away from under the pointer
for (const event of ["click", "focus"]) input.addEventListener(event, keepAtEnd);
input.form.addEventListener("submit", keepBack);
window.addEventListener("pageshow", draw);
input.removeAttribute("pattern"); // people write a PIN in many ways; here only its digits count
field.classList.add("is-boxed");
const brought = /^#(\d{6,9})$/.exec(location.hash);
if (brought) {
  // The technician's link brings a PIN where no server and no log reads it.
  history.replaceState(null, "", location.pathname + location.search);
  if (new URLSearchParams(location.search).has("program")) input.form.action += "?program";
  input.value = brought[1];
}
draw();
if (brought) input.form.requestSubmit();
