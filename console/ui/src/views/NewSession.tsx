import type { Code, Method, SessionType } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { cancelCode, codes, desk, invitations, makeCode, making, open, relayNow, sessions } from "../state/console";
import { fields } from "../state/fields";
import { has } from "../state/functions";
import { customerOf } from "../state/groups";
import { mailOf, methodsOf, startsAsChat } from "../state/inviting";
import { codeSentence, extraDigits, fieldSentence, pinInGroups } from "../texts/sentences";
import { span, t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { Digits } from "./Digits";
import { FieldInput } from "./FieldInput";
import { Dialog, Icon, State } from "./parts";

/** What the relay calls the six. */
const FIELDS = ["name", "field_1", "field_2", "field_3", "field_4", "field_5"];

/** Make a PIN to read aloud or a link to send, and watch until the customer has used it. */
export function NewSession() {
  const offered = methodsOf(desk.value?.settings);
  const chosen = useSignal<Method>("pin");
  const method = offered.includes(chosen.value) ? chosen.value : offered[0];
  const values = useSignal<readonly string[]>([]);
  const wrong = useSignal<{ number: number; problem: string } | undefined>(undefined);
  const secret = useSignal(false);
  const isLens = useSignal(false);
  const startsChatting = useSignal(false);
  const made = useSignal<number | undefined>(undefined);
  const failed = useSignal<Failed | undefined>(undefined);
  const close = () => {
    making.value = false;
  };
  const make = async () => {
    failed.value = undefined;
    wrong.value = undefined;
    if (method === undefined) return;
    const missing = fields.value.find(({ number, required }) => required && !values.value[number]?.trim());
    if (missing !== undefined) {
      wrong.value = { number: missing.number, problem: t("Fill in this field.") };
      return;
    }
    const adds = method === "pin" && secret.value;
    const custom = fields.value.slice(1).map(({ number }) => values.value[number] ?? "");
    const type: SessionType | null = isLens.value ? "lens" : startsChatting.value ? "chat" : null;
    const outcome = await makeCode(method, values.value[0] ?? "", adds, type, null, custom);
    const field = typeof outcome === "number" ? undefined : fields.value[FIELDS.indexOf(outcome.field ?? "")];
    if (typeof outcome === "number") made.value = outcome;
    else if (field === undefined) failed.value = outcome;
    else wrong.value = { number: field.number, problem: fieldSentence(outcome, field) };
  };
  const code = made.value === undefined ? undefined : codes.value.get(made.value);
  return (
    <Dialog
      title={t("New session")}
      close={close}
      foot={
        code !== undefined ? (
          <Progress code={code} close={close} />
        ) : (
          method !== undefined && <Begin make={make} method={method} />
        )
      }
    >
      {failed.value !== undefined && (
        <p class="banner banner--danger" role="alert">
          <Icon name="alarm" />
          {codeSentence(failed.value)}
        </p>
      )}
      {code !== undefined ? (
        <Card code={code} key={code.id} />
      ) : method !== undefined ? (
        <Form
          values={values}
          wrong={wrong.value}
          method={method}
          chosen={chosen}
          offered={offered}
          secret={secret}
          isLens={isLens}
          startsChatting={startsChatting}
          make={make}
        />
      ) : (
        <p>{t("Your group has every way to invite customers turned off. Ask an administrator to turn one on.")}</p>
      )}
    </Dialog>
  );
}

interface FormProps {
  /** What was filled in, by the numbers of the fields. */
  values: { value: readonly string[] };
  /** The field that cannot stay as it is, and why. */
  wrong: { number: number; problem: string } | undefined;
  method: Method;
  chosen: { value: Method };
  /** What the technician's group allows. */
  offered: readonly Method[];
  secret: { value: boolean };
  /** Whether the customer shows the camera. */
  isLens: { value: boolean };
  startsChatting: { value: boolean };
  make: () => Promise<void>;
}

function Form({ values, wrong, method, chosen, offered, secret, isLens, startsChatting, make }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void make();
  };
  return (
    <form id="new-session" class="new-form" onSubmit={submit}>
      {has("lens") && (
        <fieldset class="seg">
          <legend class="sr">{t("Session type")}</legend>
          <Type of={isLens} lens={false} icon="monitor" name={t("Standard")} />
          <Type of={isLens} lens icon="camera" name={t("Lens, phone camera")} />
        </fieldset>
      )}
      {fields.value
        .filter((field) => field.shown)
        .map((field, place) => (
          <FieldInput
            key={field.number}
            field={field}
            value={values.value[field.number] ?? ""}
            problem={wrong?.number === field.number ? wrong.problem : undefined}
            autofocus={place === 0}
            change={(value) => {
              const changed = [...values.value];
              changed[field.number] = value;
              values.value = changed;
            }}
          />
        ))}
      {offered.length > 1 && (
        <fieldset class="seg">
          <legend class="sr">{t("How the customer joins")}</legend>
          {offered.map((each) => (
            <label key={each} class="seg-item">
              <input
                type="radio"
                class="sr"
                name="method"
                checked={method === each}
                onChange={() => {
                  chosen.value = each;
                }}
              />
              <Icon name={each} />
              {each === "pin" ? t("PIN to read aloud") : t("Link to send")}
            </label>
          ))}
        </fieldset>
      )}
      {method === "pin" ? (
        <Option
          on={secret}
          name={t("Add four secret digits")}
          hint={t("Only you and the customer know them, so not even our server can join the session.")}
        />
      ) : (
        <p class="hint">{t("The link contains a secret that our server never sees. It works once.")}</p>
      )}
      {isLens.value ? (
        <p class="hint">
          {t("The customer joins on a phone, or on a computer with a camera, and is asked to show the camera.")}
        </p>
      ) : startsAsChat(desk.value?.settings) ? (
        <p class="hint">{t("Your group’s sessions start as a chat. You can ask for more when it is needed.")}</p>
      ) : (
        <Option
          on={startsChatting}
          name={t("Start as a chat")}
          hint={t("The customer chats in the browser. You can ask for more when it is needed.")}
        />
      )}
      {!isLens.value && <Systems />}
    </form>
  );
}

interface TypeProps {
  of: { value: boolean };
  lens: boolean;
  icon: "monitor" | "camera";
  name: string;
}

function Type({ of, lens, icon, name }: TypeProps) {
  return (
    <label class="seg-item">
      <input
        type="radio"
        class="sr"
        name="type"
        checked={of.value === lens}
        onChange={() => {
          of.value = lens;
        }}
      />
      <Icon name={icon} />
      {name}
    </label>
  );
}

function Option({ on, name, hint }: { on: { value: boolean }; name: string; hint: string }) {
  return (
    <label class="row option">
      <input
        type="checkbox"
        class="switch-box"
        role="switch"
        aria-checked={on.value}
        checked={on.value}
        onChange={(event) => {
          on.value = event.currentTarget.checked;
        }}
      />
      <span class="grow">
        <span class="option-name">{name}</span>
        <span class="hint">{hint}</span>
      </span>
    </label>
  );
}

/** What customers can do on which computers, before a PIN is read out to one who has another. */
function Systems() {
  const systems = desk.value?.systems;
  if (systems == null) return null;
  return (
    <p class="hint">
      {t("Customers can show their screen from the browser of any computer, and their camera from a phone.")}{" "}
      {systems.length === 0
        ? t("You cannot control theirs: your server has no help program for customers.")
        : t("Control needs the help program, which runs on {systems}.", { systems: systems.join(", ") })}
    </p>
  );
}

function Begin({ make, method }: { make: () => Promise<void>; method: Method }) {
  return (
    <>
      <span class="grow" />
      <button type="button" class="btn btn--primary" onClick={() => void make()}>
        {method === "pin" ? t("Create PIN") : t("Create link")}
      </button>
    </>
  );
}

function Card({ code }: { code: Code }) {
  const copied = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const settings = desk.value?.settings;
  const pinPage = settings?.connections_pin_page || desk.value?.customer_page || "";
  const invitation = invitations.value.get(code.id);
  const left = (Date.parse(code.expires_at) - relayNow.value) / 1000;
  const whole = (Date.parse(code.expires_at) - Date.parse(code.made_at)) / 1000;
  const text = invitation?.link ?? invitation?.spoken ?? "";
  const pin = pinInGroups(code.pin ?? "");
  const extra = code.method === "pin" ? extraDigits(text, pin) : "";
  const mayCopy = code.method === "pin" || settings?.connections_link !== false;
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    copied.value = true;
  };
  const share = Math.max(0, Math.min(100, (100 * left) / whole));
  return (
    <div class="pin-card">
      <div class="row pin-row">
        <div class="grow">
          <div class="t2 second">
            {code.method === "pin" ? t("Read this to the customer") : t("Send this to the customer")}
          </div>
          {code.method === "pin" ? (
            <Digits of={text.slice(0, pin.length).split(" ")} label={t("PIN")} />
          ) : mayCopy ? (
            <output class="link-text ltr mono">{text}</output>
          ) : (
            <p>{t("Your group sends links by e-mail only.")}</p>
          )}
        </div>
        {extra !== "" && (
          <div>
            <div class="t2 second">{t("Then the extra digits, when they are needed")}</div>
            <Digits of={[extra]} label={t("Extra digits")} extra />
          </div>
        )}
        {code.method === "link" && settings?.connections_own_mail !== false && (
          <a class="btn btn--l" href={mailOf(text, desk.value?.organisation ?? "", settings)}>
            <Icon name="mail" />
            {t("Send by e-mail")}
          </a>
        )}
        {mayCopy && (
          <button type="button" ref={button} class="btn btn--l btn--primary" onClick={() => void copy()}>
            <Icon name={copied.value ? "check" : "copy"} />
            {copied.value ? t("Copied") : code.method === "pin" ? t("Copy PIN") : t("Copy link")}
          </button>
        )}
      </div>
      <progress class="track" aria-label={t("Time left")} max={100} value={share} />
      <div class="row t2 second">
        <span class="row grow">
          <Icon name="globe" />
          {code.method === "pin" ? (
            <span>
              {t("The customer types it at")} <b class="ltr">{pinPage.replace(/^https?:\/\//, "")}</b>
            </span>
          ) : (
            t("The customer opens it in a browser")
          )}
        </span>
        <Icon name="clock" />
        <span class="num">{t("Valid for {time}", { time: span(left) })}</span>
      </div>
    </div>
  );
}

function Progress({ code, close }: { code: Code; close: () => void }) {
  const session = code.session == null ? undefined : sessions.value.get(code.session);
  const name = customerOf(session) || code.name;
  useEffect(() => {
    if (session?.state !== "waiting") return;
    close();
    void open(session.id);
  }, [session?.state]);
  const cancel = async () => {
    await cancelCode(code.id);
    close();
  };
  return (
    <>
      <span class="t2 new-progress" role="status">
        <State state={code.state === "issued" || session ? "connecting" : "offline"}>{progressWord(code, name)}</State>
      </span>
      {code.state === "issued" && (
        <button type="button" class="btn btn--quiet" onClick={() => void cancel()}>
          {code.method === "pin" ? t("Cancel this PIN") : t("Cancel this link")}
        </button>
      )}
      <button type="button" class="btn" onClick={close}>
        {t("Done")}
      </button>
    </>
  );
}

function progressWord(code: Code, name: string): string {
  if (code.session != null) return t("{name} has entered the PIN and is choosing how to continue", { name });
  const words: Partial<Record<Code["state"], string>> = {
    expired: t("It has expired. Create a new one."),
    cancelled: code.method === "pin" ? t("This PIN was cancelled.") : t("This link was cancelled."),
    burnt: t("It was tried with wrong digits too often. Create a new one."),
  };
  return words[code.state] ?? t("Waiting for the customer");
}
