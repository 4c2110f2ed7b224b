import { type Signal, useSignal } from "@preact/signals";
import { play } from "../state/console";
import {
  convertRecording,
  deleteRecording,
  found,
  kindsOf,
  listRecordings,
  recordings,
  recordingsById,
  sizeOf,
  sought,
  stopConverting,
  verifyRecording,
} from "../state/recordings";
import { toast } from "../state/toasts";
import { uploads } from "../state/uploads";
import {
  findingSentence,
  keptSentence,
  kindWord,
  proofSentence,
  proofWord,
  refusalSentence,
  titleOf,
} from "../texts/recordings";
import { bytes, dayAndTime, number, span, t } from "../texts/texts";
import type { Failed, KeptFile, KeptRecording, ProofState } from "../wire/page.gen";
import { Dialog, Empty, Icon, Item, Menu, Question, SearchField } from "./parts";

const CHIPS: Record<ProofState, string> = {
  unchecked: "",
  checking: "chip--waiting",
  intact: "chip--active",
  changed: "chip--danger",
  unproven: "chip--warning",
  unknown: "chip--warning",
  none: "",
  failed: "chip--warning",
};

/** The recordings on this computer. */
export function Recordings() {
  const search = sought;
  const asked = useSignal<{ about: string; kind: "delete" | "details" } | undefined>(undefined);
  const all = recordings.value;
  const shown = found(all ?? [], search.value, dayAndTime);
  const about = asked.value === undefined ? undefined : recordingsById.value.get(asked.value.about);
  const close = () => {
    asked.value = undefined;
  };
  return (
    <main class="main page">
      <header class="page-head">
        <h1>{t("Recordings")}</h1>
        <span class="grow" />
        <SearchField
          class="page-search"
          search={search}
          label={t("Search recordings")}
          hint={t("Name, session or date")}
        />
        <button type="button" class="btn" onClick={() => void listRecordings()}>
          <Icon name="refresh" />
          {t("Refresh")}
        </button>
      </header>
      <div class="queue">
        {all === undefined ? (
          <Empty icon="record" title={t("Looking for recordings…")}>
            <progress class="waiting-bar" aria-label={t("Looking for recordings…")} />
          </Empty>
        ) : shown.length === 0 ? (
          <Nothing search={search.value} />
        ) : (
          <Table shown={shown} ask={asked} />
        )}
      </div>
      <footer class="page-foot">
        <span>
          {all?.length === 1 ? t("One recording") : t("{count} recordings", { count: number(all?.length ?? 0) })}
        </span>
        <bdi class="num">{bytes((all ?? []).reduce((sum, each) => sum + sizeOf(each), 0))}</bdi>
      </footer>
      {about !== undefined && asked.value?.kind === "details" && <Details recording={about} close={close} />}
      {about !== undefined && asked.value?.kind === "delete" && <Delete recording={about} close={close} />}
    </main>
  );
}

function Nothing({ search }: { search: string }) {
  if (search !== "") {
    return (
      <Empty icon="search" title={t("No recording matches “{search}”", { search })}>
        <p>{t("The search covers names, session numbers and dates.")}</p>
      </Empty>
    );
  }
  return (
    <Empty icon="record" title={t("No recordings yet")}>
      <p>{t("What you record in a session is kept on this computer and appears here.")}</p>
    </Empty>
  );
}

type Asked = Signal<{ about: string; kind: "delete" | "details" } | undefined>;

function Table({ shown, ask }: { shown: readonly KeptRecording[]; ask: Asked }) {
  return (
    <table class="table kept">
      <thead>
        <tr>
          <th class="kept-first">{t("Customer")}</th>
          <th class="kept-who">{t("Technician")}</th>
          <th class="kept-when">{t("When")}</th>
          <th class="num">{t("Length")}</th>
          <th class="num kept-size">{t("Size")}</th>
          <th class="kept-kind">{t("Format")}</th>
          <th class="kept-proof">{t("Proof")}</th>
          <th>
            <span class="sr">{t("Next step")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((each) => (
          <Row key={each.id} recording={each} ask={ask} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ recording, ask }: { recording: KeptRecording; ask: Asked }) {
  const state = keptSentence(recording.state);
  const at = recording.at == null ? "" : dayAndTime(new Date(recording.at));
  const show = (kind: "delete" | "details") => () => {
    ask.value = { about: recording.id, kind };
  };
  return (
    <tr>
      <td>
        <bdi class="strong-name cut kept-name">{titleOf(recording)}</bdi>
        <span class="t2 second kept-sub">
          {(recording.session ?? 0) > 0 && t("Session {number}", { number: recording.session ?? 0 })}
          <span class="kept-at">{at}</span>
          {recording.state === "running" && <span class="rec-dot" />}
          <Sent recording={recording} />
          {state !== "" && <span class={recording.state === "running" ? "" : "kept-bad"}>{state}</span>}
        </span>
      </td>
      <td class="kept-who cut">
        <bdi>{recording.technician}</bdi>
      </td>
      <td class="kept-when second">{at}</td>
      <td class="num">{recording.seconds == null ? "" : <span class="time">{span(recording.seconds)}</span>}</td>
      <td class="num kept-size second">{bytes(sizeOf(recording))}</td>
      <td class="kept-kind second">{kindsOf(recording).map(kindWord).join(", ")}</td>
      <td class="kept-proof">
        {recording.converting == null ? <Proof recording={recording} /> : <Converting recording={recording} />}
      </td>
      <td class="next">
        <span class="row kept-next">
          {recording.state !== "unreadable" && recording.state !== "running" && (
            <button
              type="button"
              class="btn btn--s"
              aria-label={t("Play the recording of {name}", { name: titleOf(recording) })}
              onClick={() => void tell(play(recording.id, recording.files[0]!.name))}
            >
              <Icon name="play" />
              {t("Play")}
            </button>
          )}
          <More recording={recording} details={show("details")} remove={show("delete")} />
        </span>
      </td>
    </tr>
  );
}

function Sent({ recording }: { recording: KeptRecording }) {
  const upload = uploads.value.items.find((each) => each.name === recording.name);
  if (upload === undefined || upload.state === "done") return null;
  const words = {
    waiting: t("Waiting to be uploaded"),
    uploading: t("Uploading, {value} %", { value: number((100 * upload.sent) / (upload.size || 1)) }),
    asking: t("Waiting for a password"),
    unconfirmed: t("Waiting for you to confirm the location"),
    failed: t("Upload failed"),
  };
  const bad = upload.state === "failed" || upload.state === "asking" || upload.state === "unconfirmed";
  return (
    <span class={bad ? "kept-bad" : ""} title={upload.reason}>
      {words[upload.state]}
    </span>
  );
}

export function Proof({ recording }: { recording: KeptRecording }) {
  const proof = recording.proof ?? "unchecked";
  const bad = proof !== "intact" && proof !== "checking";
  return (
    <span class={`chip ${CHIPS[proof]}`} title={proofSentence(recording)}>
      {proof !== "unchecked" && proof !== "none" && <Icon name={bad ? "shield-x" : "shield"} />}
      {proofWord(proof)}
    </span>
  );
}

function Converting({ recording }: { recording: KeptRecording }) {
  const done = recording.converting ?? 0;
  return (
    <span class="row converting">
      <progress class="track" max={1} value={done} aria-label={t("Creating an H.264 video")} />
      <span class="t2 num">{t("{value} %", { value: number(100 * done) })}</span>
      <button
        type="button"
        class="icon-btn"
        aria-label={t("Stop converting")}
        title={t("Stop converting")}
        onClick={() => stopConverting(recording.id)}
      >
        <Icon name="x" />
      </button>
    </span>
  );
}

interface MoreProps {
  recording: KeptRecording;
  details: () => void;
  remove: () => void;
}

function More({ recording, details, remove }: MoreProps) {
  const readable = recording.state !== "unreadable";
  const mayConvert =
    readable &&
    recording.state !== "running" &&
    recording.converting == null &&
    !recording.files.some((file) => file.converted || file.kind === "h264");
  return (
    <Menu label={t("More about {name}", { name: titleOf(recording) })} class="icon-btn" button={<Icon name="more" />}>
      {readable &&
        recording.files.slice(1).map((file) => (
          <Item key={file.name} choose={() => void tell(play(recording.id, file.name))}>
            <Icon name="play" />
            {t("Play the video ({kind})", { kind: partOf(recording, file) })}
          </Item>
        ))}
      <Item choose={() => void tell(verify(recording))}>
        <Icon name="shield" />
        {t("Verify")}
      </Item>
      {mayConvert && (
        <Item choose={() => void tell(convert(recording))}>
          <Icon name="transfer" />
          {t("Convert to H.264")}
        </Item>
      )}
      <Item choose={details}>
        <Icon name="folder" />
        {t("Files and proof")}
      </Item>
      {recording.state !== "running" && (
        <Item choose={remove}>
          <Icon name="x" />
          {t("Delete…")}
        </Item>
      )}
    </Menu>
  );
}

/** Return the kind of a film, and which part it is where there are several of its kind. */
function partOf(recording: KeptRecording, file: KeptFile): string {
  const alike = recording.files.filter((each) => each.kind === file.kind);
  return alike.length > 1 ? `${kindWord(file.kind)}, ${alike.indexOf(file) + 1}` : kindWord(file.kind);
}

export async function verify(recording: KeptRecording): Promise<Failed | undefined> {
  const failed = await verifyRecording(recording.id);
  const now = recordingsById.value.get(recording.id);
  if (failed === undefined && now !== undefined) toast(`${titleOf(now)}: ${proofSentence(now)}`);
  return failed;
}

async function convert(recording: KeptRecording): Promise<Failed | undefined> {
  const failed = await convertRecording(recording.id);
  const now = recordingsById.value.get(recording.id);
  if (failed === undefined && now?.files.some((file) => file.converted)) toast(t("H.264 video created."));
  return failed;
}

export async function tell(outcome: Promise<Failed | undefined>): Promise<void> {
  const failed = await outcome;
  if (failed !== undefined) toast(refusalSentence(failed));
}

function Details({ recording, close }: { recording: KeptRecording; close: () => void }) {
  const copy = async () => {
    await navigator.clipboard.writeText(recording.folder);
    toast(t("Folder path copied."));
  };
  return (
    <Dialog
      title={titleOf(recording)}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={() => void copy()}>
            <Icon name="copy" />
            {t("Copy folder path")}
          </button>
          <button type="button" class="btn btn--primary" autofocus onClick={close}>
            {t("Done")}
          </button>
        </>
      }
    >
      <div class="kept-files">
        <div class="t2 second">{t("Folder")}</div>
        <div class="ltr kept-path">{recording.folder}</div>
        <ul>
          {recording.files.map((file) => (
            <li key={file.name}>
              <span class="ltr kept-path">{file.name}</span>
              <span class="t2 second">
                {kindWord(file.kind)} · {bytes(file.size)}
                {file.converted && ` · ${t("created later, so not signed")}`}
              </span>
            </li>
          ))}
        </ul>
        <p>{proofSentence(recording)}</p>
        {(recording.findings ?? []).length > 0 && (
          <ul>
            {(recording.findings ?? []).map((each) => (
              <li key={`${each.file}${each.kind}${each.begins}`}>
                <span>{findingSentence(each)}</span>
                <span class="t2 second ltr kept-path">{each.file}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

function Delete({ recording, close }: { recording: KeptRecording; close: () => void }) {
  return (
    <Question
      title={t("Delete the recording of {name}?", { name: titleOf(recording) })}
      no={t("Keep")}
      yes={t("Delete")}
      act={() => void tell(deleteRecording(recording.id))}
      close={close}
    >
      <p class="second">{t("All its files and proofs are deleted from this computer. This cannot be undone.")}</p>
    </Question>
  );
}
