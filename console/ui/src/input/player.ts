/** The keys of the player. */

import type { Player } from "../state/player";

const SMALL = 5;
const LARGE = 10;
/** Where these keys mean something already. */
const TAKEN = "input:not([type=range]), textarea, [popover], dialog";

/** Do what a key means. Time runs from left to right everywhere, so the arrows do too. */
export function playerKey(event: KeyboardEvent, player: Player, fullScreen: () => void): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.ctrlKey || event.altKey || event.metaKey || target.closest(TAKEN) !== null) return;
  if (event.key === " " && target.closest("button, [role=switch], [role=tab]") !== null) return;
  const at = player.at.value;
  const deeds: Record<string, () => void> = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    j: () => player.seek(at - LARGE),
    l: () => player.seek(at + LARGE),
    f: fullScreen,
    ",": () => player.do("step", -1),
    ".": () => player.do("step", 1),
    ArrowLeft: () => (event.shiftKey ? player.do("change", -1) : player.seek(at - SMALL)),
    ArrowRight: () => (event.shiftKey ? player.do("change", 1) : player.seek(at + SMALL)),
    ArrowUp: () => player.faster(1),
    ArrowDown: () => player.faster(-1),
    Home: () => player.seek(0),
    End: () => player.seek(Number.MAX_VALUE),
  };
  const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (deed === undefined || isScrolling(event.key, target)) return;
  event.preventDefault();
  deed();
}

/** Whether a list that has the focus is to be moved by this key. */
function isScrolling(key: string, target: Element): boolean {
  return ["ArrowUp", "ArrowDown", "Home", "End"].includes(key) && target.closest(".hits") !== null;
}
