import type { Code, Session } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import {
  cancelCode,
  closing,
  codes,
  desk,
  engineThere,
  invitations,
  making,
  online,
  open,
  pickUp,
  relayNow,
  sessions,
} from "../state/console";
import { columns, fields, fieldValue, mayEdit, nameWord, toggleColumn } from "../state/fields";
import { customerOf, grouped, groupOf, lasted, sinceThen, withWhat } from "../state/groups";
import { change, handedOverBy, isIncoming, isLeft, isOutgoing, mayTakeOver } from "../state/handOver";
import { waysOf } from "../state/inviting";
import { toast } from "../state/toasts";
import { deliveryWord, wayWord } from "../texts/inviting";
import { hasFailed, pinInGroups, sessionWord } from "../texts/sentences";
import { ago, span, t } from "../texts/texts";
import { FieldCell } from "./FieldCell";
import { CheckItem, Empty, Heading, Icon, Menu, methodIcon, SearchField, State, viaIcon } from "./parts";
import { Waited } from "./Waited";

/** All sessions as a table: what to do next, at a glance. */
export function Overview() {
  const search = useSignal("");
  const found = grouped(sessions.value.values(), search.value);
  const waitingCodes = [...codes.value.values()].filter((code) => code.state === "issued" && code.session == null);
  return (
    <main class="main page">
      <header class="page-head">
        <h1 tabIndex={-1} data-first>
          {t("Sessions")}
        </h1>
        <span class="grow" />
        <SearchField class="page-search" search={search} />
        {fields.value.length > 0 && <Columns />}
        <button
          type="button"
          class="btn btn--primary"
          onClick={() => {
            making.value = true;
          }}
        >
          <Icon name="plus" />
          {t("New session")}
        </button>
      </header>
      <div class="queue">
        {found.length === 0 && waitingCodes.length === 0 ? (
          <Nothing search={search.value} />
        ) : (
          <table class="table">
            <thead>
              <tr>
                <th class="first">{nameWord()}</th>
                {columns.value.map((field) => (
                  <th key={field.number} class="custom">
                    <bdi>{field.label}</bdi>
                  </th>
                ))}
                <th class="via-head">{t("Via")}</th>
                <th class="computer">{t("Computer")}</th>
                <th class="state-word">{t("State")}</th>
                <th class="num">{t("Duration")}</th>
                <th>
                  <span class="sr">{t("Next step")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {waitingCodes.length > 0 && <Sub word={t("Waiting to be used")} count={waitingCodes.length} />}
              {waitingCodes.map((code) => (
                <CodeRow key={`code-${code.id}`} code={code} />
              ))}
              {found.map(({ key, heading, members }) => [
                <Sub key={key} word={heading} count={members.length} />,
                ...members.map((session) => <SessionRow key={session.id} session={session} />),
              ])}
            </tbody>
          </table>
        )}
      </div>
      <footer class="page-foot">
        <State state={online.value?.online === false ? "offline" : "active"}>
          <span class="second">{readiness()}</span>
        </State>
        <bdi>{desk.value?.organisation}</bdi>
        <span class="grow" />
        <bdi class="ltr">{desk.value?.customer_page.replace(/^https?:\/\//, "")}</bdi>
      </footer>
    </main>
  );
}

/** Whether the technician can work. */
function readiness(): string {
  if (!engineThere.value) return t("Deskside Console is not running");
  return online.value?.online === false ? t("The server does not answer") : t("Ready");
}

function Nothing({ search }: { search: string }) {
  if (search !== "") {
    return (
      <Empty icon="search" title={t("No session matches “{search}”", { search })}>
        <p>{t("The search covers names, PINs and computers of open sessions and those of the last hour.")}</p>
      </Empty>
    );
  }
  const [usual] = waysOf(desk.value?.settings);
  if (usual === undefined) {
    return (
      <Empty icon="monitor" title={t("No customer is waiting")}>
        <p>{t("Your group has every way to invite customers turned off. Ask an administrator to turn one on.")}</p>
      </Empty>
    );
  }
  return (
    <Empty icon="monitor" title={t("No customer is waiting")}>
      <p>
        {usual === "pin"
          ? t("Create a PIN and read it to your customer. The session appears here.")
          : t("Create a link and send it to your customer. The session appears here.")}
      </p>
      <button
        type="button"
        class="btn"
        onClick={() => {
          making.value = true;
        }}
      >
        <Icon name="plus" />
        {t("New session")}
      </button>
    </Empty>
  );
}

function Sub({ word, count }: { word: string; count: number }) {
  return (
    <tr class="sub">
      <td colSpan={6 + columns.value.length}>
        <bdi>{word}</bdi> <span class="count">{count}</span>
      </td>
    </tr>
  );
}

function CodeRow({ code }: { code: Code }) {
  const left = (Date.parse(code.expires_at) - relayNow.value) / 1000;
  const invitation = invitations.value.get(code.id);
  const mayCopyLink = desk.value?.settings?.connections_link !== false;
  const copy = async () => {
    await navigator.clipboard.writeText(invitation?.link ?? invitation?.spoken ?? "");
    toast(code.method === "pin" ? t("PIN copied.") : t("Link copied."));
  };
  return (
    <tr>
      <td>
        <span class="row">
          <State state="connecting" />
          <bdi class="strong-name cut">{code.name || t("Customer")}</bdi>
        </span>
      </td>
      {columns.value.map(({ number }) => (
        <td key={number} class="custom">
          <bdi class="cut">{fieldValue(code, number)}</bdi>
        </td>
      ))}
      <td class="via-head">
        <Via icon={methodIcon(code.method)} text={invitation?.spoken ?? wayWord(code.method)} />
      </td>
      <td class="cut computer">{code.session_type === "lens" && t("Lens")}</td>
      <td class="second state-word">
        {code.delivery == null ? t("Waiting for the customer") : deliveryWord(code.delivery)}
        {(code.misses ?? 0) > 0 && ` · ${t("{count} wrong attempts", { count: code.misses ?? 0 })}`}
      </td>
      <td class="num">
        <span class="time">{t("{time} left", { time: span(left) })}</span>
      </td>
      <td class="next">
        {(invitation?.spoken ?? (mayCopyLink ? invitation?.link : null)) != null && (
          <button type="button" class="btn btn--s" onClick={() => void copy()}>
            {t("Copy")}
          </button>
        )}
        <button type="button" class="btn btn--s btn--quiet" onClick={() => void cancelCode(code.id)}>
          {t("Cancel")}
        </button>
      </td>
    </tr>
  );
}

function SessionRow({ session }: { session: Session }) {
  const group = groupOf(session);
  const incoming = isIncoming(session);
  const since = sinceThen(session, relayNow.value);
  const time = lasted(session, relayNow.value) ?? (group === "ended" ? undefined : since);
  const words = { waiting: t("Pick up"), active: t("Open"), away: t("Take over"), connecting: "", ended: "" };
  return (
    <tr>
      <td>
        <span class="row">
          <State state={session.state} failed={hasFailed(session)} word={sessionWord(session)} />
          <Name session={session} />
        </span>
        {incoming && <TransferredBy session={session} look="transferred-by--narrow" />}
      </td>
      {columns.value.map((field) => (
        <td key={field.number} class="custom">
          <FieldCell session={session} field={field} />
        </td>
      ))}
      <td class="via-head">
        <Via icon={viaIcon(session)} text={viaWord(session)} />
      </td>
      <td class="cut computer">
        <bdi>{withWhat(session)}</bdi>
      </td>
      <td class="second state-word">
        {engineThere.value || group === "ended" ? sessionWord(session) : t("Not known")}
        {group === "ended" && ` · ${ago(since)}`}
        {incoming && <TransferredBy session={session} />}
        {isOutgoing(session) && <span class="transferred-by">{t("To {to}", { to: session.transfer?.to ?? "" })}</span>}
        {isLeft(session) && (
          <span class="transferred-by">
            {mayTakeOver(session)
              ? t("You can take over. Ask the customer again for what they had allowed.")
              : t("Only their own console can continue, because the customer has a secret.")}
          </span>
        )}
      </td>
      <td class="num">
        {time === undefined ? <span class="sr">{t("None")}</span> : <Waited session={session} seconds={time} />}
      </td>
      <td class="next">
        {words[group] !== "" && mayTakeOver(session) && (
          <button type="button" class="btn btn--s" onClick={() => void (incoming ? pickUp : open)(session.id)}>
            {words[group]}
          </button>
        )}
        {incoming && session.transfer?.kind === "technician" && (
          <button type="button" class="btn btn--s btn--quiet" onClick={() => void change(session.id, "decline")}>
            {t("Decline")}
          </button>
        )}
        {!incoming && (group === "waiting" || group === "connecting") && (
          <button
            type="button"
            class="btn btn--s btn--quiet"
            onClick={() => {
              closing.value = session.id;
            }}
          >
            {t("Close")}
          </button>
        )}
      </td>
    </tr>
  );
}

/** Who hands a session over, and what they say of it (SESS-160). */
function TransferredBy({ session, look = "" }: { session: Session; look?: string }) {
  const { transfer } = session;
  return (
    <span class={`transferred-by ${look}`}>
      {t("Transferred by {by}", { by: handedOverBy(session) })}
      {transfer?.comment && <bdi>: “{transfer.comment}”</bdi>}
    </span>
  );
}

/** Who the customer is: what the name field says, else what is known of them. */
function Name({ session }: { session: Session }) {
  const name = fields.value[0];
  if (name === undefined || !mayEdit() || groupOf(session) === "ended")
    return <bdi class="strong-name cut">{customerOf(session)}</bdi>;
  return <FieldCell session={session} field={name} look="strong-name" instead={customerOf(session)} />;
}

/** Chooses which custom fields are columns. */
function Columns() {
  return (
    <Menu label={t("Columns")} class="icon-btn" button={<Icon name="columns" />}>
      <Heading>{t("Columns")}</Heading>
      {fields.value.slice(1).map(({ number, label }) => (
        <CheckItem
          key={number}
          on={columns.value.some((field) => field.number === number)}
          toggle={() => toggleColumn(number)}
        >
          <bdi>{label}</bdi>
        </CheckItem>
      ))}
    </Menu>
  );
}

function Via({ icon, text }: { icon: string; text: string }) {
  return (
    <span class="row via">
      <span class="second">
        <Icon name={icon} />
      </span>
      <bdi>{text}</bdi>
    </span>
  );
}

function viaWord({ pin, channel }: Session): string {
  return pin ? pinInGroups(pin) : (channel?.name ?? t("Link"));
}
