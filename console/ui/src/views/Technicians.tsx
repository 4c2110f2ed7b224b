import type { TechnicianStatus } from "@deskside/codec/wire/signals.gen";
import { choose, colleagues, own, seeing, technicians } from "../state/technicians";
import { sessionCount, statusReason, statusWord } from "../texts/technicians";
import { t } from "../texts/texts";
import { Avatar, Dialog, Empty, Heading, Icon, Item } from "./parts";

const STATUSES: readonly TechnicianStatus[] = ["available", "busy", "away"];
const MARKS: Record<TechnicianStatus, string> = { available: "active", busy: "busy", away: "away" };

/** The mark of a status: each has its own form, so that no one needs its colour. */
function StatusMark({ status }: { status: TechnicianStatus }) {
  return (
    <span class={`state state--${MARKS[status]}`}>
      <svg class="icon" aria-hidden="true">
        <use href={`#s-${MARKS[status]}`} />
      </svg>
    </span>
  );
}

/** The technician's own picture in the rail, with how they are. */
export function Own({ name }: { name: string }) {
  const status = own.value?.status;
  return (
    <>
      <span class="own">
        <Avatar name={name} size="l" />
        {status !== undefined && <StatusMark status={status} />}
      </span>
      {status !== undefined && <span>{statusWord(status)}</span>}
    </>
  );
}

/** What the technician can be, in the menu. */
export function StatusItems() {
  const [me, told] = [own.value, technicians.value];
  if (me === undefined || told === undefined) return null;
  const reason = statusReason(me, told);
  return (
    <>
      <Heading>{t("Status")}</Heading>
      {STATUSES.map((status) => (
        <Item key={status} chosen={told.chosen === status} choose={() => choose(status)}>
          <StatusMark status={status} />
          {statusWord(status)}
        </Item>
      ))}
      {reason !== "" && (
        <p class="menu-note">
          {t("You are shown as {status}.", { status: statusWord(me.status) })} {reason}
        </p>
      )}
      <hr />
    </>
  );
}

/** The button in the rail that shows who of the group is there. */
export function ColleaguesButton() {
  if (technicians.value === undefined) return null;
  return (
    <button
      type="button"
      class="rail-btn"
      aria-haspopup="dialog"
      aria-label={t("Colleagues")}
      data-tip={t("Colleagues")}
      onClick={() => {
        seeing.value = true;
      }}
    >
      <Icon name="users" size="l" />
    </button>
  );
}

/** Who of the group is signed in to the console, how each is, and how much they have to do. */
export function Colleagues() {
  const close = () => {
    seeing.value = false;
  };
  return (
    <Dialog
      title={t("Colleagues")}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Close")}
          </button>
        </>
      }
    >
      {colleagues.value.length === 0 ? (
        <Empty icon="users" title={t("No colleague is signed in")}>
          <p>{t("This list shows technicians of your group while they are signed in to the console.")}</p>
        </Empty>
      ) : (
        <ul class="colleagues">
          {colleagues.value.map(({ person, name, status, sessions }) => (
            <li key={person}>
              <Avatar name={name} />
              <bdi class="grow cut">{name}</bdi>
              <span class="second">{sessionCount(sessions)}</span>
              <span class="row colleague-status">
                <StatusMark status={status} />
                {statusWord(status)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
