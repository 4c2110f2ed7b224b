/** Digits to read aloud, in their groups. */
export function Digits({ of, label, extra = false }: { of: string[]; label: string; extra?: boolean }) {
  return (
    <div class="pin" dir="ltr" role="img" aria-label={`${label} ${[...of.join("")].join(" ")}`}>
      {of.map((part, place) => (
        <span key={place} class={extra ? "extra" : ""}>
          {part}
        </span>
      ))}
    </div>
  );
}
