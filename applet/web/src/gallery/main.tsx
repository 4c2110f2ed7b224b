/** Draws one made-up state: `gallery.html?state=consent&lang=nl&theme=dark&dir=rtl`. What is asked is kept in `asked`. */

import { render } from "preact";
import "../styles/tokens.css";
import "../styles/components.css";
import "../styles/pages.css";
import "../styles/join.css";
import type { JoinSession } from "../page.ts";
import type { UiState } from "../session/uiState.ts";
import { speak } from "../texts/texts.ts";
import { App } from "../views/App.tsx";
import sprite from "../views/icons.svg?raw";
import { EXAMPLES } from "./states.ts";

declare global {
  interface Window {
    asked: unknown[];
    examples: string[];
    /** Show another example, as if the worker had told it. */
    show: (name: string) => void;
  }
}

const asked: unknown[] = [];
const parameters = new URLSearchParams(location.search);
const first = EXAMPLES[parameters.get("state") ?? "entry"]!;
let state: UiState = first.state;
let changed: (state: UiState) => void = () => undefined;

const session: JoinSession = {
  get state() {
    return state;
  },
  subscribe: (listener) => {
    changed = listener;
    listener(state);
    return () => undefined;
  },
  intent: (intent) => void asked.push(intent),
  decide: async (serial, allowed) => void asked.push({ type: "decide", serial, allowed }),
  showAnother: async () => void asked.push({ type: "show_another" }),
  held: null,
  camera: null,
  switchCamera: async () => void asked.push({ type: "switch_camera" }),
  takePhoto: async () => void asked.push({ type: "take_photo" }),
  stream: first.state.sharing === null ? null : moving(),
};

/** Return a stream with something in it. */
function moving(): MediaStream {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const context = canvas.getContext("2d")!;
  context.fillStyle = "#3F6C93";
  context.fillRect(0, 0, 640, 360);
  context.fillStyle = "#FBFBFC";
  context.fillRect(40, 30, 400, 260);
  return canvas.captureStream(1);
}

Object.assign(window, {
  asked,
  examples: Object.keys(EXAMPLES),
  show: (name: string) => {
    state = EXAMPLES[name]!.state;
    changed(state);
  },
});
await speak(parameters.get("lang") ?? "en");
for (const name of ["dir", "theme"] as const) {
  const value = parameters.get(name);
  if (value !== null) document.documentElement.setAttribute(name === "dir" ? "dir" : "data-theme", value);
}
document.body.insertAdjacentHTML("afterbegin", sprite);
render(
  <App
    session={session}
    about={{
      organisation: "Northwind IT",
      logo: "",
      never_calls: true,
      languages: [
        { code: "en", name: "English" },
        { code: "nl", name: "Nederlands" },
      ],
    }}
    can={{ secure: true, shows: true, camera: false, phone: false, ...first.can }}
    brought={first.brought ?? { way: "pin", code: null }}
    address={{ host: "help.northwind.example", href: "http://help.northwind.example/join" }}
  />,
  document.getElementById("page")!,
);
