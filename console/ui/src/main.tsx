import { render } from "preact";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/console.css";
import "./styles/page.css";
import "./styles/player.css";
import "./styles/recordings.css";
import { start } from "./state/console";
import { dress } from "./texts/texts";
import { App } from "./views/App";
import sprite from "./views/icons.svg?raw";
import { wear } from "./views/theme";

wear();
dress();
document.body.insertAdjacentHTML("afterbegin", sprite);
render(<App />, document.getElementById("page")!);
void start();
