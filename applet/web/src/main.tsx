import { render } from "preact";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/join.css";
import { openSession } from "./page.ts";
import { broughtBy } from "./state/address.ts";
import { abilities, askAbout } from "./state/facts.ts";
import { speak } from "./texts/texts.ts";
import { App } from "./views/App.tsx";
import sprite from "./views/icons.svg?raw";

const brought = broughtBy(location);
if (brought.way === "pin" && location.hash !== "") history.replaceState(null, "", location.pathname); // read, and not kept
const [about] = await Promise.all([askAbout(), speak(document.documentElement.lang)]);
document.body.insertAdjacentHTML("afterbegin", sprite);
const session = await openSession();
render(
  <App session={session} about={about} can={abilities()} brought={brought} address={location} />,
  document.getElementById("page")!,
);
if (brought.code !== null && session.state.stage === "entry")
  session.intent({ type: "enter_code", typed: brought.code });
