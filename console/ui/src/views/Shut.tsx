import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { refused } from "../state/console";
import { t, timeOfDay } from "../texts/texts";
import { howToOpen, type Refused } from "../wire/pageAuth";
import { Icon } from "./parts";

/** What opens another page; how this console was started may need more. */
const command = signal("deskside-console open");

/** The page was not let in: why, and how to get to the console. */
export function Shut() {
  useEffect(() => {
    void howToOpen().then((told) => {
      if (told !== undefined) command.value = told.command;
    });
  }, []);
  const { title, remedy, warning } = refusal(refused.value);
  return (
    <main class="gate">
      <div class="gate-card">
        <svg class="mark" aria-hidden="true">
          <use href="#mark" />
        </svg>
        <h1>{title}</h1>
        <p class="second">{remedy}</p>
        {warning !== undefined && (
          <p class="banner banner--warning" role="alert">
            <Icon name="alarm" />
            {warning}
          </p>
        )}
      </div>
    </main>
  );
}

function refusal(reason: Refused): { title: string; remedy: string; warning?: string } {
  const typed = { command: command.value };
  switch (reason.why) {
    case "restarted":
      return {
        title: t("Deskside Console was restarted"),
        remedy: t(
          "This tab belongs to the console that ran before. Close it and use the new tab. If there is none, run {command} in a terminal.",
          typed,
        ),
      };
    case "no_code":
      return {
        title: t("This tab is not connected to Deskside Console"),
        remedy: t(
          "If Deskside Console is open in another tab, use that one. If you closed its tab, run {command} in a terminal. It opens a new tab, where your open sessions continue.",
          typed,
        ),
      };
    case "used":
      return {
        title: t("This link was already used"),
        remedy: t("To open another tab, run {command} in a terminal.", typed),
        warning: t(
          "This link was already used at {time}. If that was not you, another program has opened your console. Stop Deskside Console, then start it again.",
          { time: timeOfDay(new Date(reason.at)) },
        ),
      };
    case "wrong_code":
      return {
        title: t("This link does not work"),
        remedy: t("To open another tab, run {command} in a terminal.", typed),
        warning: reason.message,
      };
  }
}
