import type { Code, CodeState } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { cancelCode, desk, invitations, open, relayNow, sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { endWord, sentSentence } from "../texts/inviting";
import { extraDigits, pinInGroups } from "../texts/sentences";
import { span, t } from "../texts/texts";
import { Digits } from "./Digits";
import { MailDraft } from "./MailDraft";
import { Icon, State } from "./parts";

interface Props {
  code: Code;
  state: CodeState;
}

/** What was made: what to read aloud or send, or where it went. Once nobody can use it any more, only that. */
export function Invited({ code, state, byMail }: Props & { byMail: boolean }) {
  if (state !== "issued" && code.session == null) return <p class="ended-code">{endWord(code.method, state)}</p>;
  if (code.delivery != null) return <Sent code={code} />;
  return byMail ? <Mail code={code} /> : <Card code={code} />;
}

/** A link that the relay sends, and what became of it. */
function Sent({ code }: { code: Code }) {
  const { delivery } = code;
  const to = useRef(delivery?.to);
  if (delivery == null) return null;
  const isBad = delivery.state === "refused" || (delivery.state === "queued" && delivery.problem !== "");
  return (
    <div class="pin-card">
      <p class={isBad ? "banner banner--danger sent" : "sent"} role="status">
        <Icon name={isBad ? "alarm" : delivery.state === "sent" ? "check" : "clock"} />
        <span>{sentSentence({ ...delivery, to: delivery.to || (to.current ?? "") }, code.method)}</span>
      </p>
      <Validity code={code} />
    </div>
  );
}

/** A link that the technician's own program sends. */
function Mail({ code }: { code: Code }) {
  const link = invitations.value.get(code.id)?.link;
  return (
    <div class="pin-card">
      {link != null && <MailDraft link={link} />}
      <Validity code={code} />
    </div>
  );
}

function Card({ code }: { code: Code }) {
  const copied = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const settings = desk.value?.settings;
  const pinPage = settings?.connections_pin_page || desk.value?.customer_page || "";
  const invitation = invitations.value.get(code.id);
  const text = invitation?.link ?? invitation?.spoken ?? "";
  const pin = pinInGroups(code.pin ?? "");
  const extra = code.method === "pin" ? extraDigits(text, pin) : "";
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
  };
  return (
    <div class="pin-card">
      <div class="row pin-row">
        <div class="grow">
          <div class="t2 second">
            {code.method === "pin" ? t("Read this to the customer") : t("Send this to the customer")}
          </div>
          {code.method === "pin" ? (
            <Digits of={text.slice(0, pin.length).split(" ")} label={t("PIN")} />
          ) : (
            <output class="link-text ltr mono">{text}</output>
          )}
        </div>
        {extra !== "" && (
          <div>
            <div class="t2 second">{t("Then the extra digits, when they are needed")}</div>
            <Digits of={[extra]} label={t("Extra digits")} extra />
          </div>
        )}
        <button type="button" ref={button} class="btn btn--l btn--primary" onClick={() => void copy()}>
          <Icon name={copied.value ? "check" : "copy"} />
          {copied.value ? t("Copied") : code.method === "pin" ? t("Copy PIN") : t("Copy link")}
        </button>
      </div>
      <Validity
        code={code}
        where={
          code.method === "pin" ? (
            <span>
              {t("The customer types it at")} <b class="ltr">{pinPage.replace(/^https?:\/\//, "")}</b>
            </span>
          ) : (
            t("The customer opens it in a browser")
          )
        }
      />
    </div>
  );
}

/** How long a code can still be used, and where. */
function Validity({ code, where }: { code: Code; where?: ComponentChildren }) {
  const left = (Date.parse(code.expires_at) - relayNow.value) / 1000;
  const whole = (Date.parse(code.expires_at) - Date.parse(code.made_at)) / 1000;
  const share = Math.max(0, Math.min(100, (100 * left) / whole));
  return (
    <>
      <progress class="track" aria-label={t("Time left")} max={100} value={share} />
      <div class="row t2 second validity">
        {where !== undefined && (
          <span class="row grow">
            <Icon name="globe" />
            {where}
          </span>
        )}
        <Icon name="clock" />
        <span class="num">{t("Valid for {time}", { time: span(Math.max(0, left)) })}</span>
      </div>
    </>
  );
}

interface ProgressProps extends Props {
  /** Make another one of what was filled in. */
  again: () => Promise<void>;
  /** Change what was filled in. */
  back: () => void;
  close: () => void;
}

/** What the customer does with a code, and what can be done about it. */
export function Progress({ code, state, again, back, close }: ProgressProps) {
  const session = code.session == null ? undefined : sessions.value.get(code.session);
  const name = customerOf(session) || code.name;
  const isDead = state !== "issued" && code.session == null;
  useEffect(() => {
    if (session?.state !== "waiting") return;
    close();
    void open(session.id);
  }, [session?.state]);
  const isRefused = state === "issued" && code.delivery?.state === "refused";
  const cancel = async (then: () => void) => {
    await cancelCode(code.id);
    then();
  };
  return (
    <>
      <span class="t2 new-progress" role="status">
        <State state={isDead || isRefused ? "offline" : "connecting"}>
          {code.session != null
            ? code.method === "pin"
              ? t("{name} has entered the PIN and is choosing how to continue", { name })
              : t("{name} has opened the link and is choosing how to continue", { name })
            : isDead
              ? t("No customer can use it any more")
              : isRefused && code.delivery?.problem !== "unclear"
                ? t("The customer has no link yet")
                : t("Waiting for the customer")}
        </State>
      </span>
      {state === "issued" && (
        <button type="button" class="btn btn--quiet" onClick={() => void cancel(close)}>
          {code.method === "pin" ? t("Cancel this PIN") : t("Cancel this link")}
        </button>
      )}
      {isRefused && (
        <button type="button" class="btn btn--primary" onClick={() => void cancel(back)}>
          {t("Change and send again")}
        </button>
      )}
      {isDead && (
        <button type="button" class="btn btn--primary" onClick={() => void again()}>
          {code.method === "pin" ? t("New PIN") : code.method === "link" ? t("New link") : t("Send again")}
        </button>
      )}
      <button type="button" class="btn" onClick={close}>
        {t("Done")}
      </button>
    </>
  );
}
