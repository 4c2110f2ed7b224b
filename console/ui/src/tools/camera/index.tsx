/** The customer's camera: what the technician asks to be done with it, its picture standing still, and the photos. */

import type { Camera, CameraWish, Photo } from "@deskside/codec/wire/messages";
import { effect, type Signal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { OpenSession } from "../../state/openSession";
import { t, timeOfDay } from "../../texts/texts";
import { Dialog, Icon } from "../../views/parts";
import type { Props, Tool } from "../tool";
import { latest } from "./latest";

interface State {
  /** What the camera is and how, undefined while none is shown. */
  readonly camera: Signal<Camera | undefined>;
  readonly photos: Signal<readonly Photo[]>;
  /** How many photos have not been looked at. */
  readonly unseen: Signal<number>;
}

const openSessions = new WeakMap<OpenSession, State>();

export const camera: Tool = {
  name: "camera",
  hears: {
    camera: (openSession, message) => {
      cameraOf(openSession).camera.value = message;
    },
    photo: (openSession, message) => {
      const state = cameraOf(openSession);
      state.photos.value = latest([...state.photos.value, message]);
      state.unseen.value += 1;
    },
  },
  buttons: { main: Buttons, more: Photos },
  unseen: (props) => <Photos {...props} named />,
};

/** Return what is known of a session's camera. */
export function cameraOf(openSession: OpenSession): State {
  let state = openSessions.get(openSession);
  if (state === undefined) {
    const made: State = { camera: signal(undefined), photos: signal([]), unseen: signal(0) };
    state = made;
    openSessions.set(openSession, made);
    effect(() => {
      if (!openSession.may("camera")) made.camera.value = undefined;
    });
  }
  return state;
}

function Buttons({ openSession, customer }: Props) {
  const now = cameraOf(openSession).camera.value;
  if (now === undefined) return null;
  const name = { name: customer };
  const frozen = now.frozen ?? false;
  const ask = (wish: CameraWish) => openSession.send({ kind: "camera_request", wish });
  return (
    <>
      {(!frozen || now.by_technician === true) && (
        <Press
          icon={frozen ? "play" : "pause"}
          label={frozen ? t("Continue live") : t("Freeze the picture")}
          on={frozen}
          press={() => openSession.send({ kind: "freeze", on: !frozen })}
        />
      )}
      <Press icon="camera" label={t("Ask {name} for a photo", name)} press={() => ask("photo")} />
      {(now.cameras ?? 1) > 1 && (
        <Press icon="camera-switch" label={t("Ask {name} to switch cameras", name)} press={() => ask("switch")} />
      )}
      {now.torch != null && (
        <Press
          icon="torch"
          label={now.torch ? t("Ask {name} to turn off the light", name) : t("Ask {name} to turn on the light", name)}
          on={now.torch}
          press={() => ask(now.torch ? "torch_off" : "torch_on")}
        />
      )}
      {frozen && (
        <span class="chip" role="status">
          {now.by_technician === true ? t("You froze the picture") : t("{name} froze the picture", name)}
        </span>
      )}
      {now.interrupted === true && (
        <span class="chip" role="status">
          {t("{name}’s camera has paused", name)}
        </span>
      )}
    </>
  );
}

interface PressProps {
  icon: string;
  label: string;
  on?: boolean;
  press: () => void;
}

function Press({ icon, label, on, press }: PressProps) {
  return (
    <button type="button" class="tool" aria-label={label} aria-pressed={on} data-tip={label} onClick={press}>
      <Icon name={icon} />
    </button>
  );
}

/** The latest photos of this session, until it is closed here: a recording keeps all. `named`: beside no other button. */
function Photos({ openSession, customer, named = false }: Props & { named?: boolean }) {
  const state = cameraOf(openSession);
  const open = useSignal(false);
  const { length } = state.photos.value;
  if (length === 0) return null;
  const label = t("Photos from {name}: {count}", { name: customer, count: length });
  return (
    <>
      <button
        type="button"
        class={named ? "btn" : "tool"}
        aria-label={label}
        data-tip={named ? undefined : label}
        onClick={() => {
          open.value = true;
          state.unseen.value = 0;
        }}
      >
        <Icon name="file" />
        <span class="num">{named ? label : length}</span>
        {state.unseen.value > 0 && <span class="sr">{t("new")}</span>}
      </button>
      <span class="sr" role="status">
        {state.unseen.value > 0 ? t("{name} sent a photo", { name: customer }) : ""}
      </span>
      {open.value && (
        <Dialog
          title={t("Photos from {name}", { name: customer })}
          close={() => {
            open.value = false;
          }}
          foot={
            <button
              type="button"
              class="btn"
              onClick={() => {
                open.value = false;
              }}
            >
              {t("Close")}
            </button>
          }
        >
          <ul class="photos">
            {state.photos.value.toReversed().map((photo) => (
              <Shown key={photo.number} photo={photo} customer={customer} />
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

function Shown({ photo, customer }: { photo: Photo; customer: string }) {
  const url = useMemo(() => URL.createObjectURL(new Blob([photo.jpeg as BlobPart], { type: "image/jpeg" })), [photo]);
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  const at = new Date(photo.at);
  const time = timeOfDay(at);
  return (
    <li>
      <img src={url} alt={t("Photo from {name}, {time}", { name: customer, time })} />
      <p>
        <span class="second num ltr">{`${time} · ${photo.width} × ${photo.height}`}</span>
        <a class="btn" href={url} download={`photo-${at.toISOString().slice(0, 19).replaceAll(/[:T]/g, "-")}.jpg`}>
          <Icon name="download" />
          {t("Save")}
        </a>
      </p>
    </li>
  );
}
