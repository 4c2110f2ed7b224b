/** The few parts that all views are made of. */

import type { Method, Session, SessionState } from "@deskside/codec/wire/apiTypes.gen";
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { engineThere } from "../state/console";
import { stateWord } from "../texts/sentences";
import { t } from "../texts/texts";

export function Icon({ name, size = "" }: { name: string; size?: "" | "l" | "xl" | "s" }) {
  return (
    <svg class={`icon${size && ` icon--${size}`}`} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

const MARKS: Record<SessionState, string> = {
  connecting: "connecting",
  waiting: "waiting",
  active: "active",
  on_hold: "hold",
  transferring: "transferring",
  transferred: "transferring",
  reconnecting: "reconnecting",
  offline: "offline",
  disconnected: "reconnecting",
  closed_by_customer: "closed",
  closed_by_technician: "closed",
  closed_by_waiting_customer: "closed",
  timed_out: "closed",
  refused_by_customer: "closed",
  aborted_technician_removed: "closed",
};

interface StateProps {
  state: SessionState;
  /** Whether the session never came about, which is no good end. */
  failed?: boolean;
  /** What it is called, where that says more than the state's own word. */
  word?: string;
  children?: ComponentChildren;
}

/** The mark of a state, with its word where there is room for it. */
export function State({ state, failed = false, word = stateWord(state), children }: StateProps) {
  const isKnown = engineThere.value;
  const mark = !isKnown ? "offline" : failed ? "failed" : MARKS[state];
  const name = isKnown ? word : t("Not known");
  return (
    <span class={`state state--${mark}`} title={children === undefined ? name : undefined}>
      <svg class="icon" aria-hidden={children !== undefined} aria-label={name} role="img">
        <use href={`#s-${mark}`} />
      </svg>
      {children}
    </span>
  );
}

export function Avatar({ name, size = "" }: { name: string; size?: "" | "l" }) {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => [...(word ?? "")][0] ?? "");
  const colour = ([...name].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 6) + 1;
  return (
    <span
      class={`avatar avatar--${colour}${size && ` avatar--${size}`}`}
      aria-hidden="true"
      data-initials={initials.join("").toUpperCase() || "?"}
    />
  );
}

interface MenuProps {
  label: string;
  class?: string;
  button: ComponentChildren;
  children: ComponentChildren;
  disabled?: boolean;
}

/** A button that opens a menu. Arrow keys move in it, Escape closes it, and choosing closes it. */
export function Menu({ label, class: look = "tool", button, children, disabled = false }: MenuProps) {
  const opener = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const place = () => {
    const [from, menu] = [opener.current!.getBoundingClientRect(), list.current!];
    menu.showPopover();
    const below = from.bottom + 4 + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? from.bottom + 4 : from.top - 4 - menu.offsetHeight}px`;
    menu.style.left = `${Math.max(8, Math.min(from.left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === "Tab") {
      list.current?.hidePopover(); // focus goes on from the button
      opener.current?.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...list.current!.querySelectorAll<HTMLElement>("[role^=menuitem]")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items.at((at + step) % items.length)?.focus();
  };
  return (
    <>
      <button
        ref={opener}
        type="button"
        class={look}
        aria-label={label}
        data-tip={label}
        aria-haspopup="menu"
        disabled={disabled}
        onClick={place}
      >
        {button}
      </button>
      <div
        ref={list}
        popover="auto"
        class="pop menu"
        role="menu"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={move}
        onClick={() => {
          list.current?.hidePopover(); // what was chosen may have taken the menu away
          opener.current?.focus();
        }}
      >
        {children}
      </div>
    </>
  );
}

/** Give the keyboard back to the customer's screen, once the menu or dialog that had it is gone. */
export function backToPicture(): void {
  setTimeout(() => document.querySelector<HTMLElement>(".keys")?.focus());
}

/** What a part of a menu is about. */
export function Heading({ children }: { children: ComponentChildren }) {
  return <p class="menu-heading">{children}</p>;
}

/** A way out of this page: it opens beside it. */
export function LinkItem({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a class="menu-item" role="menuitem" href={href} target="_blank" rel="noreferrer" tabIndex={-1}>
      {children}
      <span class="grow" />
      <Icon name="external" />
    </a>
  );
}

interface ItemProps {
  chosen?: boolean;
  choose: () => void;
  children: ComponentChildren;
}

export function Item({ chosen, choose, children }: ItemProps) {
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: set only together with the role that has it
    <button
      type="button"
      class="menu-item"
      role={chosen === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={chosen}
      tabIndex={-1}
      onClick={choose}
    >
      {chosen !== undefined && <span class="menu-mark">{chosen && <Icon name="check" size="s" />}</span>}
      {children}
    </button>
  );
}

/** Turns something on or off; the menu stays open for the next one. */
export function CheckItem({ on, toggle, children }: { on: boolean; toggle: () => void; children: ComponentChildren }) {
  return (
    <button
      type="button"
      class="menu-item"
      role="menuitemcheckbox"
      aria-checked={on}
      tabIndex={-1}
      onClick={(event) => {
        event.stopPropagation();
        toggle();
      }}
    >
      <span class="menu-mark">{on && <Icon name="check" size="s" />}</span>
      {children}
    </button>
  );
}

interface DialogProps {
  title: string;
  close: () => void;
  /** Where the focus goes afterwards, instead of where it was. */
  then?: () => void;
  children: ComponentChildren;
  foot: ComponentChildren;
}

/** A question or a form above everything. Focus stays inside and goes back; Escape closes it. */
export function Dialog({ title, close, then, children, foot }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current!.showModal();
    return () =>
      queueMicrotask(() => {
        // the browser gives the focus back only where the dialog itself is closed, not where it is taken away
        if (then !== undefined) then();
        else if (document.activeElement === document.body) before?.focus();
      });
  }, []);
  return (
    <dialog ref={dialog} class="dialog new" aria-labelledby="dialog-title" onClose={close}>
      <header class="new-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="icon-btn" aria-label={t("Close")} onClick={() => dialog.current!.close()}>
          <Icon name="x" />
        </button>
      </header>
      <div class="new-body">{children}</div>
      <footer class="new-foot">{foot}</footer>
    </dialog>
  );
}

interface QuestionProps {
  title: string;
  /** What the two buttons say. */
  no?: string;
  yes: string;
  act: () => void;
  close: () => void;
  children: ComponentChildren;
}

/** Ask before something that cannot be undone. Enter means no, as Escape does. */
export function Question({ title, no = t("Cancel"), yes, act, close, children }: QuestionProps) {
  const agree = () => {
    close();
    act();
  };
  return (
    <Dialog
      title={title}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" autofocus onClick={close}>
            {no}
          </button>
          <button type="button" class="btn btn--danger" onClick={agree}>
            {yes}
          </button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}

/** Why there is nothing here, and one next step. */
export function Empty({ icon, title, children }: { icon: string; title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={icon} size="xl" />
      <b>{title}</b>
      {children}
    </div>
  );
}

interface SearchProps {
  search: Signal<string>;
  class: string;
  label?: string;
  hint?: string;
}

/** Where something is searched, sessions unless said otherwise; `search` is what was typed. */
export function SearchField({ search, class: look, label, hint }: SearchProps) {
  return (
    <label class={`input input--search ${look}`}>
      <Icon name="search" />
      <input
        class="bare"
        type="search"
        aria-label={label ?? t("Search sessions")}
        placeholder={hint ?? t("Name, PIN or computer")}
        value={search}
        onInput={(event) => {
          search.value = event.currentTarget.value;
        }}
      />
    </label>
  );
}

/** Return the icon of a way to invite customers. */
export function methodIcon(method: Method): string {
  return { pin: "pin", link: "link", email: "mail", sms: "phone" }[method];
}

/** Return the icon of the way in which a customer came. */
export function viaIcon({ method, channel }: Pick<Session, "method" | "channel">): string {
  return channel ? "channel" : methodIcon(method ?? "link");
}
