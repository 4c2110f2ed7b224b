/** The terms of the organisation, before any technician may begin: read, then accept or decline. */

import "../styles/terms.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Terms as TermsToRead } from "../session/uiState.ts";
import { t } from "../texts/texts.ts";
import { Name, rich } from "./parts.tsx";
import { Host, type WaitingProps } from "./Waiting.tsx";

/** So near to the end of the text counts as there: browsers round what is scrolled. */
const NEAR_PIXELS = 2;

export function Terms({ state, terms, host, intent }: WaitingProps & { terms: TermsToRead }) {
  const text = useRef<HTMLElement>(null);
  const [isRead, setRead] = useState(!terms.scroll);
  const look = () => {
    if (text.current === null) return; // the terms were accepted meanwhile
    const { scrollTop, clientHeight, scrollHeight } = text.current;
    if (scrollTop + clientHeight >= scrollHeight - NEAR_PIXELS) setRead(true);
  };
  useEffect(() => {
    const seen = new ResizeObserver(look); // what fits without scrolling has been seen
    seen.observe(text.current!);
    return () => seen.disconnect();
  }, []);
  return (
    <div class="card card--terms">
      <h1 id="terms-h" data-first tabIndex={-1}>
        {rich(t("Terms of {organisation}"), { organisation: <Name>{state.organisation}</Name> })}
      </h1>
      <p class="lead">{t("A technician can help you once you accept.")}</p>
      <section
        class="terms"
        ref={text}
        onScroll={look}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard
        tabIndex={0}
        aria-labelledby="terms-h"
        dir="auto"
      >
        {terms.text}
      </section>
      <p class="small" role="status">
        {!isRead && t("Scroll to the end to accept.")}
      </p>
      {!state.online && <p role="alert">{t("The connection was lost. It is being restored…")}</p>}
      <div class="terms-btns">
        <button
          type="button"
          class="btn btn--primary btn--touch"
          disabled={!isRead}
          onClick={() => intent({ type: "accept_terms" })}
        >
          {t("Accept")}
        </button>
        <button type="button" class="btn btn--touch" onClick={() => intent({ type: "decline_terms" })}>
          {t("Decline")}
        </button>
      </div>
      <Host host={host} />
    </div>
  );
}
