import { Fragment } from "preact";
import { desk } from "../state/console";
import type { OpenSession } from "../state/openSession";
import { causeWords } from "../texts/diagnosis";
import { bytes, number, t, timeOfDay } from "../texts/texts";
import type { Connected, Path } from "../wire/page.gen";
import { Icon } from "./parts";

/** Causes beyond these are no help. */
const SHOWN = 3;
/** Causes that are less sure than this are good to know (codec/session/diagnosis.py). */
const NOTICED = 0.6;

/** How the session travels, in four figures; a click tells more. */
export function ConnectionChip({ openSession, customer }: { openSession: OpenSession; customer: string }) {
  const connected = openSession.connected.value;
  if (connected === undefined) return null;
  const flows = connected.path === "direct" || connected.path === "relayed";
  const facts = flows ? figures(connected) : [];
  return (
    <>
      <button
        type="button"
        class="conn"
        data-path={connected.path}
        popovertarget={`connection-${openSession.id}`}
        data-tip={t("Connection")}
      >
        <Icon name="signal" />
        <b>{pathWord(connected.path)}</b>
        {isBad(connected) && <Icon name="info" />}
        {facts.map((fact) => (
          <span class="figure" key={fact.replace(/[\d.,]+/, "")}>
            <i>·</i> <bdi>{fact}</bdi>
          </span>
        ))}
      </button>
      <div
        id={`connection-${openSession.id}`}
        popover="auto"
        class="pop conn-pop"
        role="dialog"
        aria-label={t("Connection")}
      >
        <h2>
          <Icon name="signal" />
          {pathWord(connected.path)}
        </h2>
        <p>{pathSentence(connected.path)}</p>
        <Causes connected={connected} customer={customer} />
        <dl class="facts">
          <dt>{t("Since")}</dt>
          <dd>{timeOfDay(new Date(connected.since))}</dd>
          {connected.rtt_ms != null && <dt>{t("Round trip")}</dt>}
          {connected.rtt_ms != null && <dd>{t("{value} ms", { value: number(connected.rtt_ms, 1) })}</dd>}
          {measured(connected.facts ?? {}).map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ))}
          <dt>{t("Picture")}</dt>
          <dd>{t("Pixel-perfect")}</dd>
          {connected.encryption && <dt>{t("Encryption")}</dt>}
          {connected.encryption && <dd class="ltr">{connected.encryption}</dd>}
        </dl>
      </div>
    </>
  );
}

/** What is wrong, the likeliest cause first, and what to do about each. */
function Causes({ connected, customer }: { connected: Connected; customer: string }) {
  const check = `${desk.value?.customer_page.replace(/^https?:\/\//, "").replace(/\/$/, "") ?? ""}/check`;
  return (
    <ul class="causes" aria-label={t("Causes")}>
      {(connected.causes ?? []).slice(0, SHOWN).map(({ cause }) => {
        const [title, step] = causeWords(cause, customer, check);
        return (
          <li key={cause} data-cause={cause}>
            <b>{title}</b>
            <span>{step}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** What both ends measured of the way and of the picture, in the order in which a picture travels. */
function measured(facts: Readonly<Record<string, number>>): [string, string][] {
  const milliseconds = (value: number) => t("{value} ms", { value: number(value) });
  const names: [string, string, (value: number) => string][] = [
    [t("Reading and encoding"), "encode_ms", milliseconds],
    [t("Waiting in the line"), "waits_ms", milliseconds],
    [t("The line carries"), "rate_kbit", (value) => t("{value} kbit/s", { value: number(value) })],
    [t("Round trip varies by"), "rtt_spread_ms", milliseconds],
    [t("Decoding and showing"), "page_ms", milliseconds],
    [t("Key to picture"), "key_ms", milliseconds],
    [t("Customer’s processors"), "busy", (value) => t("{value} %", { value: number(100 * value) })],
    [t("Waiting to be sent"), "queued_bytes", (value) => bytes(value)],
  ];
  return names.flatMap(([name, fact, words]): [string, string][] => {
    const value = facts[fact];
    return value === undefined ? [] : [[name, words(value)]];
  });
}

function figures(connected: Connected): string[] {
  const rtt = connected.rtt_ms == null ? [] : [t("{value} ms", { value: number(connected.rtt_ms) })];
  return [
    ...rtt,
    t("{value} fps", { value: number(connected.frames_per_second ?? 0) }),
    t("{value} kbit/s", { value: number(connected.kbit_per_second ?? 0) }),
  ];
}

/** Whether a cause is about something that the technician notices, rather than good to know. */
function isBad({ causes }: Connected): boolean {
  return (causes ?? []).some(({ confidence }) => confidence > NOTICED);
}

function pathWord(path: Path): string {
  return {
    none: t("Ended"),
    handshake: t("Connecting"),
    relayed: t("Through the server"),
    direct: t("Direct"),
    lost: t("Connection lost"),
    refused: t("Refused"),
  }[path];
}

function pathSentence(path: Path): string {
  return {
    none: t("The session has ended."),
    handshake: t("The two computers are setting up encryption."),
    relayed: t("Encrypted data passes through the server, which cannot read it. A direct connection is being tried."),
    direct: t("The two computers are connected directly, without the server."),
    lost: t("The connection is restored within seconds once the network is back."),
    refused: t("The two computers could not verify each other, so nothing was shared."),
  }[path];
}
