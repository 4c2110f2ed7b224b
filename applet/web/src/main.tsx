import { render } from "preact";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/join.css";
import { openSession } from "./page.ts";
import { broughtBy } from "./state/address.ts";
import { abilities, askAbout, findCamera, meansOf } from "./state/facts.ts";
import { takeTypedEarly } from "./state/typedEarly.ts";
import { speak } from "./texts/texts.ts";
import { App } from "./views/App.tsx";
import sprite from "./views/icons.svg?raw";

const PAGE = "/join";
const brought = broughtBy(location);
// At an address that is not encrypted nothing is entered: the link to the encrypted one takes along what was brought.
const { secure } = abilities();
if (secure && brought.way === "pin") forgetWhatBrought();
const [about] = await Promise.all([askAbout(), speak(document.documentElement.lang)]);
document.body.insertAdjacentHTML("afterbegin", sprite);
const can = abilities(await findCamera());
const session = await openSession(meansOf(can), brought.code);
render(
  <App session={session} about={about} can={can} brought={brought} address={location} />,
  document.getElementById("page")!,
);
// What is put behind the # of this very address is another code, and the browser loads nothing for it.
window.addEventListener("hashchange", () => {
  if (broughtBy(location).code !== null) location.reload();
});
takeTypedEarly(); // a page that does not ask for a PIN has no use for it
// A link is kept until it has led into a session, so that a reload tries it again. Then the tab keeps what it needs.
session.subscribe(({ stage }) => {
  if (stage !== "entry" && stage !== "entering") forgetWhatBrought();
});
if (secure && brought.code !== null && session.state.stage === "entry")
  session.intent({ type: "enter_code", typed: brought.code });

/** Take PIN, link and secret out of the address, which others see on a shared screen and in the history. */
function forgetWhatBrought(): void {
  const search = brought.way === "channel" ? "" : location.search; // what is loaded again later asks no one for help
  if (location.href !== location.origin + PAGE + search) history.replaceState(null, "", PAGE + search);
}
