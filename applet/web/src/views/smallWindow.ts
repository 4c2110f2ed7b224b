/**
 * The small window above everything else (Document Picture-in-Picture), where the browser has it. It must be opened in
 * the handler of a click, so this much is there from the beginning. What is in it: SmallWindow.tsx.
 */

import sprite from "./icons.svg?raw";

interface Floating {
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}

const SIZE = { width: 360, height: 300 };

/** Whether this browser has such a window. */
export function canFloat(): boolean {
  return "documentPictureInPicture" in window;
}

/** The one small window of this page. `changed` hears that it was opened or closed. */
export const smallWindow = {
  place: null as Window | null,
  changed: (() => undefined) as () => void,

  /** Open it. Call it directly in the handler of a click. */
  async open(): Promise<void> {
    if (this.place !== null) return;
    const { documentPictureInPicture } = window as unknown as { documentPictureInPicture: Floating };
    const place = await documentPictureInPicture.requestWindow(SIZE);
    this.place = place;
    const { document: inside } = place;
    inside.documentElement.lang = document.documentElement.lang;
    inside.documentElement.dir = document.documentElement.dir;
    inside.title = document.title;
    inside.body.insertAdjacentHTML("afterbegin", sprite);
    inside.body.append(Object.assign(inside.createElement("div"), { className: "mini" }));
    place.addEventListener("pagehide", () => {
      this.place = null;
      this.changed();
    });
    this.changed();
  },

  close(): void {
    this.place?.close();
  },
};
