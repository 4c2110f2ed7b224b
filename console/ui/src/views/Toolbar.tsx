import { fullScreen } from "../state/layout";
import { t } from "../texts/texts";
import { TOOLS } from "../tools";
import type { Group, Props } from "../tools/tool";
import { Icon } from "./parts";

/** What can be done with the picture. */
export function Toolbar(props: Props) {
  return (
    <div class="toolbar" role="toolbar" aria-label={t("Remote control")}>
      {fullScreen.value && <FullScreen />}
      <Buttons group="main" {...props} />
      <Buttons group="view" {...props} />
      {!fullScreen.value && <FullScreen />}
      <span class="sep" />
      <Buttons group="more" {...props} />
    </div>
  );
}

/** What stays in reach where nothing is seen, no longer or not now. */
export function Unseen(props: Props) {
  return <>{TOOLS.map(({ name, unseen: Shown }) => Shown && <Shown key={name} {...props} />)}</>;
}

function Buttons({ group, ...props }: Props & { group: Group }) {
  return (
    <>
      {TOOLS.map(({ name, buttons }) => {
        const Button = buttons?.[group];
        return Button && <Button key={name} {...props} />;
      })}
    </>
  );
}

/** Fills the screen, or gives it back. In full screen it comes first: Ctrl+Alt+Home leads to it. */
function FullScreen() {
  if (fullScreen.value) {
    return (
      <button type="button" class="tool tool--exit" onClick={() => void document.exitFullscreen()}>
        <Icon name="full-exit" />
        {t("Exit full screen")}
      </button>
    );
  }
  return (
    <button
      type="button"
      class="tool"
      aria-label={t("Full screen")}
      data-tip={t("Full screen")}
      onClick={(event) => void fill(event.currentTarget.closest<HTMLElement>(".stage")!)}
    >
      <Icon name="full" />
    </button>
  );
}

/** Fill the screen; there even the keys that this computer would keep go to the customer. */
async function fill(stage: HTMLElement): Promise<void> {
  await stage.requestFullscreen();
  stage.querySelector<HTMLElement>(".keys")?.focus();
  const keyboard = (navigator as { keyboard?: { lock?: () => Promise<void> } }).keyboard;
  await keyboard?.lock?.();
}
