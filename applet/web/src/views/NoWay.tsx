/** What leads nowhere: a link that does not work, and an address at which nothing can be kept secret. */

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { UiState } from "../session/uiState.ts";
import { problemSentence } from "../texts/sentences.ts";
import { amount, t } from "../texts/texts.ts";
import { Icon } from "./parts.tsx";

interface MessageProps {
  icon: string;
  title: string;
  children: ComponentChildren;
}

function Message({ icon, title, children }: MessageProps) {
  return (
    <section class="card" aria-labelledby="message-h">
      <span class="state-ic state-ic--warn">
        <Icon name={icon} size="xl" />
      </span>
      <h1 id="message-h" data-first tabIndex={-1}>
        {title}
      </h1>
      {children}
    </section>
  );
}

/** A link does not work, because of this `problem`. */
export function NoLink({ problem, insteadPin }: { problem: string; insteadPin: () => void }) {
  return (
    <Message icon="link" title={t("This link does not work")}>
      <p class="lead" role="alert">
        {problem}
      </p>
      <button type="button" class="btn btn--touch" onClick={insteadPin}>
        {t("Enter a PIN instead")}
      </button>
    </Message>
  );
}

interface NoChannelProps {
  state: UiState;
  insteadPin: () => void;
}

/** A channel lets no one in: there is none, no technician serves it, or too many ask at once. */
export function NoChannel({ state: { problem, retrySeconds, page }, insteadPin }: NoChannelProps) {
  const elsewhere = /^https?:/.test(page) ? page : null;
  useEffect(() => {
    if (elsewhere !== null) location.replace(elsewhere);
  }, [elsewhere]);
  if (elsewhere !== null) {
    return (
      <Message
        icon="link"
        title={problem === "no_answers" ? t("Fill in the form first") : t("No one is available now")}
      >
        <a class="btn btn--touch" href={elsewhere}>
          {problem === "no_answers" ? t("Continue") : t("Continue to the page that tells you more")}
        </a>
      </Message>
    );
  }
  const time = amount(retrySeconds ?? 1);
  const isFull = problem === "busy" || problem === "too_many";
  const sentence =
    problem === "unknown" || problem === "not_served"
      ? t("No technician is assigned to it. Look for another way to reach us, on the page where you found it.")
      : problem === "too_many"
        ? t("Too many requests came from your network. Try again in {time}.", { time })
        : problemSentence(problem!, retrySeconds, "channel");
  return (
    <Message icon="link" title={isFull ? t("Too many people are waiting") : t("No one answers this link")}>
      <p class="lead" role="alert">
        {sentence}
      </p>
      {isFull && (
        <a class="btn btn--primary btn--touch" href={location.href}>
          {t("Try again")}
        </a>
      )}
      <button type="button" class="btn btn--touch" onClick={insteadPin}>
        {t("Enter a PIN instead")}
      </button>
    </Message>
  );
}

/** The address begins with http: a browser gives such a page neither the screen nor any secret. */
export function Insecure({ address }: { address: Pick<Location, "href"> }) {
  const safe = address.href.replace(/^http:/, "https:");
  return (
    <Message icon="lock" title={t("This address is not encrypted")}>
      <p class="lead">
        {t(
          "Your browser does not show a screen from here, and others could read what is sent. Open the encrypted address instead.",
        )}
      </p>
      <a class="btn btn--primary btn--touch" href={safe}>
        {t("Open the encrypted address")}
      </a>
      <p class="hint">{t("If that does not open, tell your technician that this page needs https.")}</p>
    </Message>
  );
}
