import type { OpenSession } from "../state/openSession";
import { number, t, timeOfDay } from "../texts/texts";
import type { Connected, Path } from "../wire/page.gen";
import { Icon } from "./parts";

/** How the session travels, in four figures; a click tells more. */
export function ConnectionChip({ openSession }: { openSession: OpenSession }) {
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
        <h3>
          <Icon name="signal" />
          {pathWord(connected.path)}
        </h3>
        <p>{pathSentence(connected.path)}</p>
        <dl class="facts">
          <dt>{t("Since")}</dt>
          <dd>{timeOfDay(new Date(connected.since))}</dd>
          {connected.rtt_ms != null && <dt>{t("Round trip")}</dt>}
          {connected.rtt_ms != null && <dd>{t("{value} ms", { value: number(connected.rtt_ms, 1) })}</dd>}
          <dt>{t("Picture")}</dt>
          <dd>{t("Pixel-perfect")}</dd>
          {connected.encryption && <dt>{t("Encryption")}</dt>}
          {connected.encryption && <dd class="ltr">{connected.encryption}</dd>}
        </dl>
      </div>
    </>
  );
}

function figures(connected: Connected): string[] {
  const rtt = connected.rtt_ms == null ? [] : [t("{value} ms", { value: number(connected.rtt_ms) })];
  return [
    ...rtt,
    t("{value} fps", { value: number(connected.frames_per_second ?? 0) }),
    t("{value} kbit/s", { value: number(connected.kbit_per_second ?? 0) }),
  ];
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
