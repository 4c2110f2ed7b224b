import { CLIPBOARD_BYTES, type Notice } from "@deskside/codec/wire/messages";
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { isMac } from "../input/pressed";
import type { OpenSession } from "../state/openSession";
import { connectionSentence, troubleSentence } from "../texts/sentences";
import { bytes, t } from "../texts/texts";
import { Icon } from "./parts";
import { Toasts } from "./Toasts";
import { TypeText } from "./TypeText";

/** The technician has read what this browser does not allow. */
const hidden = signal(false);

/** So long a trouble is told that the button of its tool tells for as long as it lasts. */
const TOLD_BY_BUTTON_MS = 8_000;

interface Props {
  openSession: OpenSession;
  customer: string;
}

/** What does not work at the moment, over the lower edge of the picture. */
export function Troubles({ openSession, customer }: Props) {
  const connected = openSession.connected.value;
  const lost = connected === undefined ? "" : connectionSentence(connected, customer);
  // What the button of a tool says too need not cover the picture for a whole session.
  const read = useSignal<ReadonlySet<Notice>>(new Set());
  const markRead = (notice: Notice) => {
    read.value = new Set([...read.peek(), notice]);
  };
  const seen = openSession.may("view") && !openSession.over.value;
  const troubles = [...openSession.troubles.value.values()].filter(
    (notice) => !read.value.has(notice) && (seen || notice.trouble !== "cannot_point"),
  );
  const cannotPoint = openSession.troubles.value.get("cannot_point");
  useEffect(() => {
    if (cannotPoint === undefined) return;
    const timer = setTimeout(() => markRead(cannotPoint), TOLD_BY_BUTTON_MS);
    return () => clearTimeout(timer);
  }, [cannotPoint]);
  return (
    <div class="troubles" role="status">
      <Toasts place="over" />
      {lost && <Banner kind={connected?.path === "lost" ? "warning" : "quiet"}>{lost}</Banner>}
      {troubles.map((notice) => (
        <Banner
          key={notice.trouble}
          kind="warning"
          detail={notice.detail}
          hide={notice.trouble === "cannot_point" ? () => markRead(notice) : undefined}
        >
          {troubleSentence(notice, customer)}
        </Banner>
      ))}
      {openSession.sharesClipboard() && !openSession.over.value && (
        <Clipboard openSession={openSession} customer={customer} />
      )}
    </div>
  );
}

interface BannerProps {
  kind: "warning" | "quiet";
  /** Takes it away; without it, it stays as long as its cause. */
  hide?: () => void;
  /** What the customer's program says itself, for those who want to know. */
  detail?: string;
  children: ComponentChildren;
}

function Banner({ kind, detail, hide, children }: BannerProps) {
  return (
    <div class={`banner pop banner--${kind}`}>
      <Icon name="info" />
      <div>
        {children}
        {detail ? <small class="trouble-detail">{detail}</small> : undefined}
      </div>
      {hide !== undefined && (
        <button type="button" class="icon-btn trouble-hide" aria-label={t("Hide")} data-tip={t("Hide")} onClick={hide}>
          <Icon name="x" />
        </button>
      )}
    </div>
  );
}

/** Why the two clipboards differ although they are shared. */
function Clipboard({ openSession, customer }: Props) {
  const typing = useSignal(false);
  const name = { name: customer };
  const { clipboard } = openSession;
  const limit = bytes(CLIPBOARD_BYTES);
  const reading = clipboard.reading.value;
  return (
    <>
      {clipboard.tooLong.value > 0 && (
        <Banner
          kind="warning"
          hide={() => {
            clipboard.tooLong.value = 0;
          }}
        >
          {t("The text you copied is too long to share (limit: {limit}).", { limit })}{" "}
          {t("{name}’s clipboard has not changed.", name)}
        </Banner>
      )}
      {openSession.theirsTooLong.value > 0 && (
        <Banner
          kind="warning"
          hide={() => {
            openSession.theirsTooLong.value = 0;
          }}
        >
          {t("{name} copied a text that is too long to share (limit: {limit}).", { ...name, limit })}{" "}
          {t("Your clipboard has not changed.")}
        </Banner>
      )}
      {openSession.copying.value && (
        <Banner kind="quiet">{t("The text you copied is still on its way to {name}.", name)}</Banner>
      )}
      {reading !== undefined && reading !== "freely" && !hidden.value && (
        <Banner kind="quiet">
          {t("Your browser does not let Deskside read your clipboard.")}{" "}
          {t("What you copy is sent to {name} when you press {key} on their screen.", {
            ...name,
            key: isMac() ? "⌘V" : "Ctrl+V",
          })}{" "}
          {reading === "never" && t("To change this, open the site settings beside the address.")}
          <span class="trouble-acts">
            {reading === "ask" && (
              <button type="button" class="btn btn--s" onClick={() => void clipboard.request()}>
                {t("Allow")}
              </button>
            )}
            {reading === "each" && (
              <button type="button" class="btn btn--s" onClick={() => void clipboard.request()}>
                {t("Send what I copied")}
              </button>
            )}
            {openSession.may("control") && (
              <button
                type="button"
                class="btn btn--s"
                onClick={() => {
                  typing.value = true;
                }}
              >
                {t("Type text…")}
              </button>
            )}
            <button
              type="button"
              class="btn btn--s"
              onClick={() => {
                hidden.value = true;
              }}
            >
              {t("Hide")}
            </button>
          </span>
        </Banner>
      )}
      {typing.value && (
        <TypeText
          openSession={openSession}
          customer={customer}
          close={() => {
            typing.value = false;
          }}
        />
      )}
    </>
  );
}
