// Says how strong a password is while it is typed. The rule is that of relay/credentials/password_strength.py; a test compares them.
const KINDS = [/^\p{Ll}$/u, /^\p{Lu}$/u, /^\p{Nd}$/u];

export function levelOf(password) {
  const characters = [...password];
  if (characters.length < 8) return "none";
  const kinds = new Set(characters.map((each) => KINDS.findIndex((kind) => kind.test(each)))).size;
  const repeats = new Set(characters).size < characters.length;
  if (kinds === 4) return repeats ? "strong" : "excellent";
  if (kinds === 3) return repeats ? "good" : "strong";
  return "none";
}

globalThis.document?.addEventListener("input", ({ target }) => {
  const meter = document.querySelector(`[data-strength-of="${target.id}"]`);
  if (!meter) return;
  const level = levelOf(target.value);
  meter.hidden = false;
  meter.dataset.level = level;
  meter.querySelector("output").textContent = meter.dataset[level];
});
