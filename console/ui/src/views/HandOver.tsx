/** Whom to hand a session over to, and what they should know. */

import type { TargetKind, TransferTargets } from "@deskside/codec/wire/apiTypes.gen";
import { MAX_COMMENT } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { sessions } from "../state/console";
import { customerOf } from "../state/groups";
import { askTargets, handing, handOver, targets } from "../state/handOver";
import { t } from "../texts/texts";
import { Dialog, Icon, SearchField } from "./parts";

interface Target {
  kind: TargetKind;
  id: number;
}

/** The dialog, while a session is to be handed over. */
export function HandOver() {
  const session = handing.value;
  return session === undefined ? null : <Choose key={session} session={session} />;
}

function Choose({ session }: { session: number }) {
  const search = useSignal("");
  const chosen = useSignal<Target | undefined>(undefined);
  const comment = useSignal("");
  const problem = useSignal("");
  const close = () => {
    handing.value = undefined;
  };
  useEffect(() => {
    void askTargets().then((failed) => {
      if (failed !== undefined) problem.value = failed.message;
    });
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    const to = chosen.value;
    if (to === undefined) return;
    const failed = await handOver(session, to.kind, to.id, comment.value);
    if (failed === undefined) {
      close();
      return;
    }
    problem.value = failed.message;
    if (failed.problem === "not_available" || failed.problem === "no_such_target") {
      chosen.value = undefined;
      await askTargets();
    }
  };
  const customer = customerOf(sessions.value.get(session));
  return (
    <Dialog
      title={t("Transfer {customer}", { customer })}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Cancel")}
          </button>
          <button type="submit" form="hand-over" class="btn btn--primary" disabled={chosen.value === undefined}>
            {t("Transfer")}
          </button>
        </>
      }
    >
      <form id="hand-over" class="new-form" onSubmit={(event) => void submit(event)}>
        <SearchField
          class="grow"
          search={search}
          label={t("Search technicians, groups and channels")}
          hint={t("Technician, group or channel")}
        />
        <Tree found={targets.value} search={search.value} chosen={chosen.value} choose={(to) => (chosen.value = to)} />
        <label class="field">
          <span>{t("Comment for the next technician")}</span>
          <input
            class="input"
            maxLength={MAX_COMMENT}
            value={comment.value}
            onInput={(event) => {
              comment.value = event.currentTarget.value;
            }}
          />
        </label>
        {problem.value !== "" && (
          <p class="banner banner--warning" role="alert">
            <Icon name="alarm" />
            {problem.value}
          </p>
        )}
        <p class="second">
          {t("Nothing is shown while {customer} waits. They are told to whom the session goes.", { customer })}
        </p>
      </form>
    </Dialog>
  );
}

interface TreeProps {
  found: TransferTargets | undefined;
  search: string;
  chosen: Target | undefined;
  choose: (to: Target) => void;
}

/** Only what can be chosen now: groups with their technicians, each channel once (SESS-165, compact). */
function Tree({ found, search, chosen, choose }: TreeProps) {
  if (found === undefined) return <progress class="waiting-bar" aria-label={t("Loading")} />;
  const { groups, channels } = matching(found, search);
  if (groups.length === 0 && channels.length === 0) {
    return (
      <p class="targets-none" role="status">
        {search === ""
          ? t("No technician can take the session at the moment, and no channel takes sessions.")
          : t("Nothing matches “{search}”.", { search })}
      </p>
    );
  }
  const radio = (kind: TargetKind, id: number, name: string, icon: string) => (
    <label class="target">
      <input
        type="radio"
        name="target"
        checked={chosen?.kind === kind && chosen.id === id}
        onChange={() => choose({ kind, id })}
      />
      <Icon name={icon} />
      <bdi class="cut">{name}</bdi>
    </label>
  );
  return (
    <fieldset class="targets">
      <legend class="sr">{t("Transfer to")}</legend>
      {groups.map(({ id, name, whole, technicians }) => (
        <div key={id} class="target-group">
          {whole ? radio("group", id, name, "users") : <span class="target second">{t("Administrators")}</span>}
          {technicians.map((each) => (
            <div key={each.id} class="target-member">
              {radio("technician", each.id, each.name, "user")}
            </div>
          ))}
        </div>
      ))}
      {channels.map(({ id, name }) => (
        <div key={`channel-${id}`}>{radio("channel", id, name, "channel")}</div>
      ))}
    </fieldset>
  );
}

/** Return what a search leaves: a group whose name matches with all of its technicians. */
function matching({ groups, channels }: TransferTargets, search: string): TransferTargets {
  const wanted = search.trim().toLocaleLowerCase();
  const matches = ({ name }: { name: string }) => name.toLocaleLowerCase().includes(wanted);
  const left = groups.map((group) =>
    matches(group) ? group : { ...group, technicians: group.technicians.filter(matches) },
  );
  return {
    groups: left.filter((group) => group.technicians.length > 0),
    channels: channels.filter(matches),
  };
}
