import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/pages.css";
import "./styles/join.css";
import "./styles/check.css";
import { Check } from "./check/Check.tsx";
import { measure } from "./check/measure.ts";
import type { Measured } from "./check/rules.ts";
import { askAbout } from "./state/facts.ts";
import { addTexts, speak, type Texts } from "./texts/texts.ts";
import { Frame } from "./views/Frame.tsx";
import shared from "./views/icons.svg?raw";
import own from "./views/icons.svg?raw&check";
import type { JoinFacts } from "./wire/about.gen.ts";

addTexts({
  ...import.meta.glob<Texts>("./check/texts/*.gen.json", { import: "default" }),
  "./check/texts/en.gen.json": async () => (await import("virtual:english-check")).default,
});
const [about] = await Promise.all([askAbout(), speak(document.documentElement.lang)]);
document.body.insertAdjacentHTML("afterbegin", shared + own);
render(<CheckPage about={about} />, document.getElementById("page")!);

function CheckPage({ about }: { about: JoinFacts }) {
  const [measured, setMeasured] = useState<Measured | null>(null);
  const [at, setAt] = useState(0);
  const [run, setRun] = useState(1);
  const [, setLanguage] = useState("");
  useEffect(() => {
    let isCurrent = true;
    setMeasured(null);
    void measure().then((found) => {
      if (!isCurrent) return;
      setAt(Date.now());
      setMeasured(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [run]);
  const choose = async (language: string) => {
    await speak(language);
    setLanguage(language);
    void fetch(`/check?lang=${language}`); // which remembers it, for the relay's other pages too
  };
  return (
    <Frame about={about} isTest choose={(language) => void choose(language)}>
      <Check measured={measured} at={at} host={location.host} again={() => setRun(run + 1)} />
    </Frame>
  );
}
