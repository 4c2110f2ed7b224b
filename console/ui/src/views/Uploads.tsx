import { useSignal } from "@preact/signals";
import { giveCredentials, looking, places, retryUpload, stuck, uploads, waiting } from "../state/uploads";
import { bytes, t } from "../texts/texts";
import type { Upload } from "../wire/page.gen";
import { UsePlace } from "./Decisions";
import { Dialog, Icon } from "./parts";

/** The button in the rail, there as long as there is something to say. */
export function UploadsButton() {
  const { items, recovered = [] } = uploads.value;
  const count = waiting.value.length;
  if (items.length === 0 && recovered.length === 0) return null;
  return (
    <button
      type="button"
      class="rail-btn"
      aria-haspopup="dialog"
      aria-label={title(count, stuck.value.length)}
      data-tip={title(count, stuck.value.length)}
      onClick={() => {
        looking.value = true;
      }}
    >
      <Icon name="send" size="l" />
      {count > 0 && (
        <span class={`badge${stuck.value.length > 0 ? " badge--danger" : ""}`} aria-hidden="true">
          {count}
        </span>
      )}
    </button>
  );
}

/** What is on its way to where the group keeps recordings, and what stands against it. */
export function Uploads() {
  const { items, recovered = [] } = uploads.value;
  const close = () => {
    looking.value = false;
  };
  return (
    <Dialog
      title={t("Recordings to upload")}
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
      {recovered.length > 0 && (
        <div class="banner" role="status">
          <Icon name="info" />
          <div>
            {t("The console stopped before these recordings were complete. Everything up to that moment was saved:")}
            <ul>
              {recovered.map((name) => (
                <li key={name} class="sent-name">
                  <bdi class="ltr">{name}</bdi>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      <ul class="sent">
        {items.map((each) => (
          <Row key={each.id} upload={each} />
        ))}
      </ul>
      {items.length === 0 && <p class="second">{t("No recordings are waiting to be uploaded.")}</p>}
      {waiting.value.length > 0 && (
        <p class="second">{t("Recordings stay on this computer until they are uploaded. Sessions have priority.")}</p>
      )}
    </Dialog>
  );
}

function Row({ upload }: { upload: Upload }) {
  const { state, reason = "", location = "", size, sent } = upload;
  const isStuck = state === "failed" || state === "asking" || state === "unconfirmed";
  const place = places.value.get(upload.place ?? "");
  return (
    <li class="sent-row">
      <span class="sent-name">
        <bdi class="ltr">{upload.name}</bdi>
      </span>
      <span class={isStuck ? "sent-bad" : "second"}>
        {stateWord(upload)}
        {location !== "" && !reason.includes(location) && (
          <>
            {" · "}
            <bdi class="ltr sent-place">{location}</bdi>
          </>
        )}
      </span>
      {state === "uploading" && (
        <progress class="track" max={Math.max(size, 1)} value={sent} aria-label={stateWord(upload)} />
      )}
      {reason !== "" && state !== "asking" && (
        <span class={isStuck ? "sent-bad" : "second"} dir="auto">
          {reason}
        </span>
      )}
      {state === "asking" && <Credentials upload={upload} />}
      {state === "unconfirmed" && place !== undefined && <UsePlace place={place} />}
      {(state === "failed" || (state === "waiting" && reason !== "")) && (
        <button type="button" class="btn btn--s" onClick={() => retryUpload(upload.id)}>
          <Icon name="refresh" />
          {t("Retry")}
        </button>
      )}
    </li>
  );
}

/** What the location asks for; the engine keeps it until somebody signs out, and writes it nowhere. */
function Credentials({ upload }: { upload: Upload }) {
  const user = useSignal("");
  const password = useSignal("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    giveCredentials(upload.id, user.value, password.value);
    password.value = "";
  };
  return (
    <form class="sent-ask" onSubmit={submit}>
      <label class="field">
        <span class="label">{t("User name")}</span>
        <input
          class="input"
          autocomplete="off"
          dir="ltr"
          maxLength={200}
          value={user.value}
          onInput={(event) => {
            user.value = event.currentTarget.value;
          }}
        />
      </label>
      <label class="field">
        <span class="label">{t("Password")}</span>
        <input
          class="input"
          type="password"
          autocomplete="off"
          required
          dir="ltr"
          maxLength={1000}
          value={password.value}
          onInput={(event) => {
            password.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" class="btn btn--primary">
        {t("Send")}
      </button>
    </form>
  );
}

function title(count: number, bad: number): string {
  if (bad > 0) return t("Recordings: {count} to upload, {bad} with a problem", { count, bad });
  if (count === 1) return t("1 recording is waiting to be uploaded");
  return count === 0 ? t("All recordings are uploaded") : t("{count} recordings are waiting to be uploaded", { count });
}

function stateWord({ state, size, sent, reason = "" }: Upload): string {
  const amounts = { sent: bytes(sent), size: bytes(size) };
  switch (state) {
    case "waiting":
      return sent > 0 ? t("Uploading: {sent} of {size}", amounts) : t("Waiting, {size}", amounts);
    case "uploading":
      return t("{sent} of {size}", amounts);
    case "asking":
      return reason;
    case "failed":
      return t("Upload failed");
    case "unconfirmed":
      return t("Waiting for you to confirm the location");
    case "done":
      return t("Uploaded, {size}", amounts);
  }
}
