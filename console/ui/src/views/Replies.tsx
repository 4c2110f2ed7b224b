import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { deleteReply, exportReplies, importReplies, replies, saveReply } from "../state/replies";
import { toast } from "../state/toasts";
import { replySentence } from "../texts/replies";
import { t } from "../texts/texts";
import { FILE_BYTES, NAME_CHARACTERS, type Reply, type ReplyKind } from "../wire/page.gen";
import { Dialog, Empty, Icon, Question } from "./parts";

const TABS = ["reply", "url", "file"] as const;
type Tab = (typeof TABS)[number];
const FILE_NAME = "replies.xml";

/** Predefined replies and addresses: what there is, and the file that brings them to others. */
export function Replies() {
  const tab = useSignal<Tab>("reply");
  const editing = useSignal<Reply | undefined>(undefined);
  const deleting = useSignal<Reply | undefined>(undefined);
  const kind = tab.value === "file" ? undefined : tab.value;
  const words = { reply: t("Replies"), url: t("Web addresses"), file: t("Import and export") };
  return (
    <main class="main page">
      <div>
        <header class="page-head">
          <h1 class="grow" tabIndex={-1}>
            {t("Predefined replies")}
          </h1>
          {kind !== undefined && (
            <button
              type="button"
              class="btn btn--primary"
              onClick={() => {
                editing.value = { id: "", kind, name: "", content: "" };
              }}
            >
              <Icon name="plus" />
              {t("Add new")}
            </button>
          )}
        </header>
        <div class="tabs reply-tabs" role="tablist" aria-label={t("Predefined replies")}>
          {TABS.map((each) => (
            <button
              type="button"
              key={each}
              class="tab"
              role="tab"
              aria-selected={tab.value === each}
              onClick={() => {
                tab.value = each;
              }}
            >
              {words[each]}
            </button>
          ))}
        </div>
      </div>
      <div class="queue">
        {kind === undefined ? <Exchange /> : <List kind={kind} edit={editing} remove={deleting} />}
      </div>
      {editing.value !== undefined && (
        <Form
          reply={editing.value}
          close={() => {
            editing.value = undefined;
          }}
        />
      )}
      {deleting.value !== undefined && (
        <Question
          title={t("Delete “{name}”?", { name: deleting.value.name })}
          yes={t("Delete")}
          act={() => void remove(deleting.peek()?.id)}
          close={() => {
            setTimeout(() => {
              deleting.value = undefined;
            });
          }}
        >
          <p>{t("Files that you have exported keep it.")}</p>
        </Question>
      )}
    </main>
  );
}

async function remove(id = ""): Promise<void> {
  const failed = await deleteReply(id);
  if (failed !== undefined) toast(replySentence(failed));
}

interface ListProps {
  kind: ReplyKind;
  edit: { value: Reply | undefined };
  remove: { value: Reply | undefined };
}

function List({ kind, edit, remove: wanted }: ListProps) {
  const shown = replies.value.filter((each) => each.kind === kind);
  if (shown.length === 0) {
    return kind === "reply" ? (
      <Empty icon="note" title={t("No predefined replies yet")}>
        <p>{t("Add what you write often. In a chat, type / to find it.")}</p>
      </Empty>
    ) : (
      <Empty icon="link" title={t("No predefined web addresses yet")}>
        <p>{t("Add pages that you often send to customers. In a chat, type / to find them.")}</p>
      </Empty>
    );
  }
  return (
    <table class="table replies">
      <thead>
        <tr>
          <th>{t("Name")}</th>
          <th>{kind === "reply" ? t("Text") : t("Address")}</th>
          <th>
            <span class="sr">{t("Change")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((reply) => (
          <tr key={reply.id}>
            <td>
              <bdi class="strong-name cut">{reply.name}</bdi>
            </td>
            <td class="second cut" dir="auto">
              {reply.content}
            </td>
            <td class="next">
              <button
                type="button"
                class="btn btn--s"
                aria-label={t("Edit {name}", { name: reply.name })}
                onClick={() => {
                  edit.value = reply;
                }}
              >
                {t("Edit")}
              </button>
              <button
                type="button"
                class="btn btn--s btn--quiet"
                aria-label={t("Delete {name}", { name: reply.name })}
                onClick={() => {
                  wanted.value = reply;
                }}
              >
                {t("Delete")}
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Form({ reply, close }: { reply: Reply; close: () => void }) {
  const name = useSignal(reply.name);
  const content = useSignal(reply.content);
  const failed = useSignal("");
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const why = await saveReply(reply.id, reply.kind, name.value.trim(), content.value.trim());
    if (why === undefined) close();
    else failed.value = replySentence(why);
  };
  const isReply = reply.kind === "reply";
  return (
    <Dialog
      title={isReply ? t("Predefined reply") : t("Predefined web address")}
      close={close}
      foot={
        <>
          <span class="grow" />
          <button type="button" class="btn" onClick={close}>
            {t("Cancel")}
          </button>
          <button type="submit" form="reply-form" class="btn btn--primary">
            {t("Save")}
          </button>
        </>
      }
    >
      {failed.value !== "" && (
        <p class="banner banner--danger" role="alert">
          <Icon name="alarm" />
          {failed.value}
        </p>
      )}
      <form id="reply-form" class="new-form" onSubmit={(event) => void save(event)}>
        <label class="field">
          <span class="label">{t("Name")}</span>
          <input
            class="input"
            required
            maxLength={NAME_CHARACTERS}
            autofocus
            dir="auto"
            value={name.value}
            onInput={(event) => {
              name.value = event.currentTarget.value;
            }}
          />
        </label>
        {isReply ? (
          <label class="field">
            <span class="label">{t("Text")}</span>
            <textarea
              class="input area"
              required
              rows={6}
              maxLength={4_000}
              dir="auto"
              value={content.value}
              onInput={(event) => {
                content.value = event.currentTarget.value;
              }}
            />
          </label>
        ) : (
          <label class="field">
            <span class="label">{t("Address")}</span>
            <input
              class="input ltr"
              required
              maxLength={2_000}
              placeholder="https://"
              value={content.value}
              onInput={(event) => {
                content.value = event.currentTarget.value;
              }}
            />
          </label>
        )}
      </form>
    </Dialog>
  );
}

/** The file that colleagues give one another. */
function Exchange() {
  const chooser = useRef<HTMLInputElement>(null);
  const bring = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    input.value = ""; // the same file can be chosen again
    if (file === undefined) return;
    const outcome =
      file.size > FILE_BYTES
        ? { type: "failed" as const, request: 0, problem: "bad_replies", message: "" }
        : await importReplies(await file.text());
    if (typeof outcome !== "number") toast(replySentence(outcome));
    else if (outcome === 0) toast(t("Nothing was added: you already have everything in this file."));
    else toast(t("Added from the file: {count}", { count: outcome }));
  };
  const save = async () => {
    const xml = await exportReplies();
    if (typeof xml !== "string") {
      toast(replySentence(xml));
      return;
    }
    const address = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    Object.assign(document.createElement("a"), { href: address, download: FILE_NAME }).click();
    URL.revokeObjectURL(address);
  };
  return (
    <div class="exchange">
      <section>
        <h2>{t("Import")}</h2>
        <p class="second">
          {t("Adds the replies and web addresses of a file that a colleague exported. Yours stay as they are.")}
        </p>
        <button type="button" class="btn" onClick={() => chooser.current!.click()}>
          {t("Choose a file…")}
        </button>
        <input
          type="file"
          hidden
          ref={chooser}
          accept=".xml,application/xml,text/xml"
          onChange={(event) => void bring(event.currentTarget)}
        />
      </section>
      <section>
        <h2>{t("Export")}</h2>
        <p class="second">
          {t("Saves all your replies and web addresses in one file, so that colleagues can import them.")}
        </p>
        <button type="button" class="btn" disabled={replies.value.length === 0} onClick={() => void save()}>
          <Icon name="download" />
          {t("Export as {file}", { file: FILE_NAME })}
        </button>
      </section>
    </div>
  );
}
