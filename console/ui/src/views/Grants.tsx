import type { Access } from "@deskside/codec/wire/access.gen";
import { mayAsk, mustRecord } from "../state/functions";
import type { OpenSession } from "../state/openSession";
import { accessList } from "../texts/sentences";
import { t } from "../texts/texts";
import { Icon, Item, Menu } from "./parts";

const ALL: readonly Access[] = ["view", "control", "clipboard", "camera", "record"];
const ICONS: Record<Access, string> = {
  view: "eye",
  control: "cursor",
  clipboard: "clipboard",
  camera: "camera",
  record: "record",
};

/** What the customer allows now, and a way to ask for more or give back. */
export function Grants({ openSession }: { openSession: OpenSession }) {
  const granted = ALL.filter((access) => openSession.may(access));
  if (openSession.connected.value?.encryption === undefined) return null;
  if (granted.length === 0 && !ALL.some((access) => mayAsk(access, openSession.id))) return null;
  return (
    <Menu
      label={granted.length > 0 ? t("Allowed: {what}", { what: accessList(granted) }) : t("Nothing allowed")}
      class="conn grants"
      button={
        <>
          {granted.length > 0 ? t("Allowed") : t("Nothing allowed")}
          {granted.map((access) => (
            <Icon key={access} name={ICONS[access]} />
          ))}
          <Icon name="down" size="s" />
        </>
      }
    >
      {ALL.filter(
        (access) =>
          (openSession.may(access) || mayAsk(access, openSession.id)) && !(access === "record" && mustRecord()),
      ).map((access) =>
        openSession.may(access) ? (
          <Item key={access} choose={() => openSession.send({ kind: "release", access })}>
            <Icon name={ICONS[access]} />
            {stopWord(access)}
          </Item>
        ) : (
          <Item
            key={access}
            choose={() => (access === "clipboard" ? openSession.shareClipboard(true) : openSession.ask(access))}
          >
            <Icon name={ICONS[access]} />
            {requestWord(access)}
          </Item>
        ),
      )}
    </Menu>
  );
}

function stopWord(access: Access): string {
  return {
    view: t("Stop viewing"),
    control: t("Stop controlling"),
    clipboard: t("Stop sharing the clipboard"),
    camera: t("Stop viewing the camera"),
    record: t("Stop recording"),
  }[access];
}

function requestWord(access: Access): string {
  return {
    view: t("Request viewing"),
    control: t("Request control"),
    clipboard: t("Request the clipboard"),
    camera: t("Request the camera"),
    record: t("Request recording"),
  }[access];
}
