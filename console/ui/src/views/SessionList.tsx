import type { Session } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { current, making, open, openSessions, pickUp, relayNow, sessions } from "../state/console";
import { customerOf, grouped, groupOf, lasted, sinceThen, typeWord } from "../state/groups";
import { isIncoming } from "../state/handOver";
import { hasFailed, pinInGroups, sessionWord } from "../texts/sentences";
import { ago, t } from "../texts/texts";
import { Icon, SearchField, State, viaIcon } from "./parts";
import { Waited } from "./Waited";

/** All sessions beside the one that is open. */
export function SessionList() {
  const search = useSignal("");
  const found = grouped(sessions.value.values(), search.value);
  return (
    <aside class="list" aria-label={t("Session list")}>
      <div class="list-head">
        <h2 class="grow">{t("Sessions")}</h2>
        <button
          type="button"
          class="btn btn--s list-new"
          onClick={() => {
            making.value = true;
          }}
        >
          <Icon name="plus" />
          {t("New")}
        </button>
      </div>
      <SearchField class="list-search" search={search} />
      <div class="list-scroll">
        {found.map(({ key, heading, members }) => (
          <section key={key} aria-label={heading}>
            <h3 class="group-head">
              <bdi>{heading}</bdi> <span class="count">{members.length}</span>
            </h3>
            <ul>
              {members.map((session) => (
                <Entry key={session.id} session={session} />
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && search.value !== "" && (
          <p class="list-none">{t("No session matches “{search}”.", { search: search.value })}</p>
        )}
      </div>
    </aside>
  );
}

function Entry({ session }: { session: Session }) {
  const unread = openSessions.value.get(session.id)?.unread.value ?? 0;
  const since = sinceThen(session, relayNow.value);
  const ended = groupOf(session) === "ended";
  const time = lasted(session, relayNow.value) ?? (ended ? undefined : since);
  const details = [
    session.pin ? pinInGroups(session.pin) : session.channel?.name,
    typeWord(session),
    ended ? `${sessionWord(session)}, ${ago(since)}` : session.computer,
  ];
  return (
    <li>
      <button
        type="button"
        class={`item${unread > 0 ? " item--unread" : ""}`}
        aria-current={current.value === session.id ? "true" : undefined}
        onClick={() => void (isIncoming(session) ? pickUp : open)(session.id)}
      >
        <State state={session.state} failed={hasFailed(session)} word={sessionWord(session)} />
        <span class="name cut">
          <bdi>{customerOf(session)}</bdi>
        </span>
        <span class="end">{time !== undefined && <Waited session={session} seconds={time} />}</span>
        <span class="line">
          <Icon name={viaIcon(session)} />
          <span class="cut">
            <bdi>{details.filter(Boolean).join(" · ")}</bdi>
          </span>
        </span>
        {unread > 0 && (
          <span class="end">
            <span class="badge" role="img" aria-label={t("{count} unread", { count: unread })}>
              {unread}
            </span>
          </span>
        )}
      </button>
    </li>
  );
}
