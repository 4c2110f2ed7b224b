import type { SessionType } from "@deskside/codec/wire/apiTypes.gen";
import { useSignal } from "@preact/signals";
import { codes, desk, makeCode, making, relayNow } from "../state/console";
import { fields } from "../state/fields";
import { has } from "../state/functions";
import { type MailSender, methodOf, sendersOf, startsAsChat, stateOf, type Way, waysOf } from "../state/inviting";
import { recipientSentence, wayWord } from "../texts/inviting";
import { codeSentence, fieldSentence } from "../texts/sentences";
import { t } from "../texts/texts";
import type { Failed } from "../wire/page.gen";
import { FieldInput } from "./FieldInput";
import { Invited, Progress } from "./Invited";
import { Dialog, Icon } from "./parts";
import { Recipient } from "./Recipient";

/** What the relay calls the six. */
const FIELDS = ["name", "field_1", "field_2", "field_3", "field_4", "field_5"];
const ICONS = { pin: "pin", email: "mail", link: "link", sms: "phone" } as const;

/** What was filled in, and kept when another code is made. */
interface Filled {
  /** By the numbers of the fields. */
  values: readonly string[];
  way: Way;
  sender: MailSender;
  /** Whether a PIN gets secret digits. */
  secret: boolean;
  /** Whether the customer shows the camera. */
  isLens: boolean;
  startsChatting: boolean;
  /** Where the relay sends the link, and in which language. */
  to: string;
  language: string;
}

/** What cannot stay as it is, by the number of its field or its name, and why. */
interface Wrong {
  at: number | "to";
  problem: string;
}

/** Make a PIN to read aloud, or a link that is sent in one of several ways, and watch until the customer has used it. */
export function NewSession() {
  const settings = desk.value?.settings;
  const ways = waysOf(settings, desk.value?.sending?.texts);
  const senders = sendersOf(settings);
  const filled = useSignal<Filled>({
    values: [],
    way: "pin",
    sender: "own",
    secret: false,
    isLens: false,
    startsChatting: false,
    to: "",
    language: desk.value?.sending?.language ?? "en",
  });
  const wrong = useSignal<Wrong | undefined>(undefined);
  const made = useSignal<number | undefined>(undefined);
  const failed = useSignal<Failed | undefined>(undefined);
  const way = ways.includes(filled.value.way) ? filled.value.way : ways[0];
  const sender = senders.includes(filled.value.sender) ? filled.value.sender : senders[0];
  const sends = way === "sms" || (way === "email" && sender === "server");
  const close = () => {
    making.value = false;
  };
  const make = async () => {
    failed.value = undefined;
    wrong.value = undefined;
    if (way === undefined) return;
    const { values, secret, isLens, startsChatting, to, language } = filled.value;
    const missing = fields.value.find(({ number, required }) => required && !values[number]?.trim());
    if (missing !== undefined) {
      wrong.value = { at: missing.number, problem: t("Fill in this field.") };
      return;
    }
    const custom = fields.value.slice(1).map(({ number }) => values[number] ?? "");
    const type: SessionType | null = isLens ? "lens" : startsChatting ? "chat" : null;
    const outcome = await makeCode({
      method: methodOf(way, sender),
      name: values[0] ?? "",
      secret: way === "pin" && secret,
      session_type: type,
      fields: custom,
      ...(sends ? { to, language } : {}),
    });
    if (typeof outcome === "number") made.value = outcome;
    else complain(outcome);
  };
  const back = () => {
    made.value = undefined;
  };
  const complain = (outcome: Failed) => {
    made.value = undefined;
    const field = fields.value[FIELDS.indexOf(outcome.field ?? "")];
    if (outcome.field === "to") wrong.value = { at: "to", problem: recipientSentence(outcome) };
    else if (field === undefined) failed.value = outcome;
    else wrong.value = { at: field.number, problem: fieldSentence(outcome, field) };
  };
  const code = made.value === undefined ? undefined : codes.value.get(made.value);
  return (
    <Dialog
      title={t("New session")}
      close={close}
      foot={
        code !== undefined ? (
          <Progress code={code} state={stateOf(code, relayNow.value)} again={make} back={back} close={close} />
        ) : (
          way !== undefined && <Begin make={make} way={way} sends={sends} />
        )
      }
    >
      {failed.value !== undefined && (
        <p class="banner banner--danger" role="alert">
          <Icon name="alarm" />
          {codeSentence(failed.value)}
        </p>
      )}
      {code !== undefined && way !== undefined ? (
        <Invited code={code} state={stateOf(code, relayNow.value)} byMail={way === "email"} key={code.id} />
      ) : way !== undefined ? (
        <Form filled={filled} wrong={wrong.value} way={way} ways={ways} sender={sender} senders={senders} make={make} />
      ) : (
        <p>{t("Your group has every way to invite customers turned off. Ask an administrator to turn one on.")}</p>
      )}
    </Dialog>
  );
}

interface FormProps {
  filled: { value: Filled };
  wrong: Wrong | undefined;
  way: Way;
  /** What the technician's group allows. */
  ways: readonly Way[];
  sender: MailSender | undefined;
  senders: readonly MailSender[];
  make: () => Promise<void>;
}

function Form({ filled, wrong, way, ways, sender, senders, make }: FormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void make();
  };
  const change = (changed: Partial<Filled>) => {
    filled.value = { ...filled.value, ...changed };
  };
  const { values, isLens, startsChatting, secret } = filled.value;
  return (
    <form id="new-session" class="new-form" onSubmit={submit}>
      {has("lens") && (
        <Choice
          legend={t("Session type")}
          name="type"
          chosen={isLens ? "lens" : "standard"}
          options={[
            { key: "standard", icon: "monitor", word: t("Standard") },
            { key: "lens", icon: "camera", word: t("Lens, phone camera") },
          ]}
          choose={(key) => change({ isLens: key === "lens" })}
        />
      )}
      {fields.value
        .filter((field) => field.shown)
        .map((field, place) => (
          <FieldInput
            key={field.number}
            field={field}
            value={values[field.number] ?? ""}
            problem={wrong?.at === field.number ? wrong.problem : undefined}
            autofocus={place === 0}
            change={(value) => {
              const changed = [...values];
              changed[field.number] = value;
              change({ values: changed });
            }}
          />
        ))}
      {ways.length > 1 && (
        <Choice
          legend={t("How the customer joins")}
          name="method"
          chosen={way}
          options={ways.map((each) => ({ key: each, icon: ICONS[each], word: wayWord(each) }))}
          choose={(key) => change({ way: key })}
        />
      )}
      {way === "pin" && (
        <Option
          on={secret}
          change={(on) => change({ secret: on })}
          name={t("Add four secret digits")}
          hint={t("Only you and the customer know them, so not even our server can join the session.")}
        />
      )}
      {way === "email" && senders.length > 1 && (
        <Choice
          legend={t("Who sends the e-mail")}
          name="sender"
          chosen={sender ?? "own"}
          options={[
            { key: "own", icon: "external", word: t("Your e-mail program") },
            { key: "server", icon: "send", word: t("Our server") },
          ]}
          choose={(key) => change({ sender: key })}
        />
      )}
      {way === "sms" || (way === "email" && sender === "server") ? (
        <Recipient
          way={way}
          to={filled.value.to}
          language={filled.value.language}
          problem={wrong?.at === "to" ? wrong.problem : undefined}
          change={change}
        />
      ) : (
        way !== "pin" && (
          <p class="hint">{t("The link contains a secret that our server never sees. It works once.")}</p>
        )
      )}
      {isLens ? (
        <p class="hint">
          {t("The customer joins on a phone, or on a computer with a camera, and is asked to show the camera.")}
        </p>
      ) : startsAsChat(desk.value?.settings) ? (
        <p class="hint">{t("Your group’s sessions start as a chat. You can ask for more when it is needed.")}</p>
      ) : (
        <Option
          on={startsChatting}
          change={(on) => change({ startsChatting: on })}
          name={t("Start as a chat")}
          hint={t("The customer chats in the browser. You can ask for more when it is needed.")}
        />
      )}
      {!isLens && <Systems />}
    </form>
  );
}

interface ChoiceProps<Key extends string> {
  legend: string;
  name: string;
  chosen: Key;
  options: readonly { key: Key; icon: string; word: string }[];
  choose: (key: Key) => void;
}

function Choice<Key extends string>({ legend, name, chosen, options, choose }: ChoiceProps<Key>) {
  return (
    <fieldset class="seg">
      <legend class="sr">{legend}</legend>
      {options.map(({ key, icon, word }) => (
        <label key={key} class="seg-item">
          <input type="radio" class="sr" name={name} checked={chosen === key} onChange={() => choose(key)} />
          <Icon name={icon} />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

interface OptionProps {
  on: boolean;
  change: (on: boolean) => void;
  name: string;
  hint: string;
}

function Option({ on, change, name, hint }: OptionProps) {
  return (
    <label class="row option">
      <input
        type="checkbox"
        class="switch-box"
        role="switch"
        aria-checked={on}
        checked={on}
        onChange={(event) => change(event.currentTarget.checked)}
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

function Begin({ make, way, sends }: { make: () => Promise<void>; way: Way; sends: boolean }) {
  const words: Record<Way, string> = {
    pin: t("Create PIN"),
    email: sends ? t("Send e-mail") : t("Create e-mail"),
    link: t("Create link"),
    sms: t("Send text message"),
  };
  return (
    <>
      <span class="grow" />
      <button
        type="button"
        class="btn btn--primary"
        disabled={sends && way === "email" && !desk.value?.sending?.mail}
        onClick={() => void make()}
      >
        {words[way]}
      </button>
    </>
  );
}
