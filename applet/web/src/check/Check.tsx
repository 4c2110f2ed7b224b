/** The page that tests beforehand what a session from this browser can do. */

import { useEffect, useRef, useState } from "preact/hooks";
import { computerName, systemName } from "../machine.ts";
import { dayAndTime, t } from "../texts/texts.ts";
import { Icon } from "../views/parts.tsx";
import { reportOf } from "./report.ts";
import { type Measured, type Outcome, type Result, resultsOf, type Test, type Verdict, verdictOf } from "./rules.ts";
import { causeSentence, outcomeWord, stepsFor, testName, verdictWords } from "./sentences.ts";

const ICONS: Record<Test, string> = {
  address: "lock",
  browser: "globe",
  camera: "camera",
  screen: "monitor",
  direct: "transfer",
  server: "unattended",
  speed: "signal",
  clock: "clock",
};
const MARKS: Record<Outcome, string> = { good: "check", note: "info", bad: "x" };

interface CheckProps {
  /** Null while the tests run. */
  measured: Measured | null;
  /** When they ended. */
  at: number;
  host: string;
  again: () => void;
}

export function Check({ measured, at, host, again }: CheckProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const wasRunning = useRef(false);
  useEffect(() => {
    if (measured === null) wasRunning.current = true;
    else if (wasRunning.current && document.activeElement === document.body) heading.current?.focus();
  }, [measured]);
  if (measured === null) {
    return (
      <section class="card card--check" aria-labelledby="check-h" aria-busy="true">
        <h1 id="check-h">{t("Testing your connection…")}</h1>
        <p class="lead">{t("This takes a few seconds. Your camera and your screen stay off.")}</p>
        <div class="wait-bar">
          <i />
        </div>
      </section>
    );
  }
  const results = resultsOf(measured);
  const verdict = verdictOf(results);
  const [title, lead] = verdictWords(verdict, host);
  const good = verdict.session === "ready";
  return (
    <section class="card card--check" aria-labelledby="check-h">
      <div class="check-head">
        <span class={`state-ic ${good ? "state-ic--good" : "state-ic--warn"}`}>
          <Icon name={good ? "check" : iconOf(verdict)} size="xl" />
        </span>
        <div role="status">
          <h1 id="check-h" ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <p class="lead">{lead}</p>
        </div>
      </div>
      <ul class="tests">
        {results.map((result) => (
          <TestRow key={result.test} result={result} measured={measured} host={host} />
        ))}
      </ul>
      <div class="check-foot">
        {good ? <ToPin primary /> : <Again again={again} primary />}
        {good ? <Again again={again} /> : <ToPin />}
        <CopyReport results={results} measured={measured} host={host} at={at} />
      </div>
    </section>
  );
}

function iconOf({ first }: Verdict): string {
  return first === null ? "info" : ICONS[first.test];
}

function TestRow({ result, measured, host }: { result: Result; measured: Measured; host: string }) {
  const steps = stepsFor(result.cause, host);
  return (
    <li class={`test test--${result.outcome}`}>
      <Icon name={ICONS[result.test]} size="l" />
      <p>
        <b>{testName(result.test)}</b>
        <span>{causeSentence(result.cause, measured, host)}</span>
      </p>
      <span class="res">
        <Icon name={MARKS[result.outcome]} />
        {outcomeWord(result, measured)}
      </span>
      {steps.length > 0 && (
        <div class="fix">
          <ol>
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </div>
      )}
    </li>
  );
}

function ToPin({ primary = false }: { primary?: boolean }) {
  return (
    <a class={`btn btn--touch${primary ? " btn--primary" : ""}`} href="/">
      {t("Enter a PIN")}
    </a>
  );
}

function Again({ again, primary = false }: { again: () => void; primary?: boolean }) {
  return (
    <button type="button" class={`btn btn--touch${primary ? " btn--primary" : ""}`} onClick={again}>
      {t("Test again")}
    </button>
  );
}

interface CopyProps {
  results: readonly Result[];
  measured: Measured;
  host: string;
  at: number;
}

/** Copies the report; where the browser does not let it, the report is shown, selected. */
function CopyReport({ results, measured, host, at }: CopyProps) {
  const [done, setDone] = useState<"" | "copied" | "shown">("");
  const report = reportOf(results, measured, {
    host,
    browser: computerName(navigator),
    system: systemName(navigator),
    at: dayAndTime(at),
  });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(report);
      setDone("copied");
    } catch {
      setDone("shown");
    }
  };
  return (
    <>
      <button type="button" class="btn btn--quiet btn--l copy-report" onClick={() => void copy()}>
        <Icon name={done === "copied" ? "check" : "copy"} />
        {done === "copied" ? t("Copied") : t("Copy the results")}
      </button>
      <span class="sr" role="status">
        {done === "copied" && t("Copied")}
      </span>
      {done === "shown" && (
        <textarea
          class="input report"
          readOnly
          rows={8}
          aria-label={t("Results")}
          ref={(field) => field?.select()}
          value={report}
        />
      )}
    </>
  );
}
