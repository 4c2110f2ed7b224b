/** The few parts that all views are made of. */

import type { ComponentChild, ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { DEAF_MILLISECONDS } from "../session/consent.gen.ts";

export function Icon({ name, size = "" }: { name: string; size?: "" | "s" | "l" | "xl" }) {
  return (
    <svg class={`icon${size && ` icon--${size}`}`} aria-hidden="true">
      <use href={`#${/^[is]-/.test(name) ? name : `i-${name}`}`} />
    </svg>
  );
}

/** A name that a person chose: it finds its own direction. In a heading it stays on one line unless it `flows`. */
export function Name({ children, flows = false }: { children: string; flows?: boolean }) {
  return <bdi class={flows ? "name name--flows" : "name"}>{children}</bdi>;
}

/** Return a translated text with elements in the places of its `{name}`s. */
export function rich(text: string, parts: Record<string, ComponentChild>): ComponentChild[] {
  return text.split(/\{(\w+)\}/).map((piece, place) => (place % 2 === 0 ? piece : (parts[piece] ?? `{${piece}}`)));
}

export function Avatar({ name }: { name: string }) {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  const color = ([...name].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 6) + 1;
  return (
    <span class={`avatar avatar--xl avatar--${color}`} aria-hidden="true">
      {initials.join("").toUpperCase() || "?"}
    </span>
  );
}

/** A line that says what went wrong. It is heard at once, and the field names it. */
export function ProblemLine({ id, children }: { id: string; children: string }) {
  return (
    <p class="hint hint--bad" id={id} role="alert">
      <Icon name="info" />
      <span>{children}</span>
    </p>
  );
}

/** Return the time, every second while `runs`. */
export function useNow(runs: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!runs) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [runs]);
  return now;
}

/**
 * Return whether it is too early to answer the question with this serial, as applet/ui/question.py has it. A page that was
 * behind another one begins when it is seen.
 */
export function useDeaf(serial: number | null): boolean {
  const [heard, setHeard] = useState<number | null>(null);
  useEffect(() => {
    if (serial === null) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(timer);
      setHeard(null);
      if (!document.hidden) timer = setTimeout(() => setHeard(serial), DEAF_MILLISECONDS);
    };
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", begin);
    };
  }, [serial]);
  return serial !== null && heard !== serial;
}

interface QuestionProps {
  title: ComponentChildren;
  children: ComponentChildren;
}

/** A question above everything but the bar with Stop: focus stays inside, and nothing behind it can be used. */
export function Veil({ title, children }: QuestionProps) {
  const box = useRef<HTMLDivElement>(null);
  const keep = (event: KeyboardEvent) => {
    if (event.key !== "Tab") return;
    const buttons = [...box.current!.querySelectorAll<HTMLElement>("button")];
    const [first, last] = [buttons[0], buttons.at(-1)];
    const leaves = event.shiftKey ? document.activeElement === first : document.activeElement === last;
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  };
  return (
    <div class="veil">
      <div
        ref={box}
        class="dialog ask"
        role="alertdialog"
        aria-labelledby="ask-h"
        aria-describedby="ask-p"
        onKeyDown={keep}
      >
        <h2 id="ask-h">{title}</h2>
        {children}
      </div>
    </div>
  );
}

/** A question takes the focus; everything else gets it only where it would be lost. */
export function putFocus(): void {
  const now = document.querySelector<HTMLElement>("[data-now]");
  const lost = document.activeElement === null || document.activeElement === document.body;
  const target = now ?? (lost ? document.querySelector<HTMLElement>("[data-first]") : null);
  target?.focus();
}
