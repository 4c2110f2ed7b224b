/** Views that only some visits need, or the end of a visit: their code is loaded when it is needed. */

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loadLaterTexts } from "../texts/texts.ts";
import { putFocus } from "./parts.tsx";

/** So long after a failure it is tried again: a relay that is restarted answers soon, and no event tells of it. */
const RETRY_MILLISECONDS = 2_000;

/** A view that may still have to be loaded. `load` it before it is needed, where it must be there without a network. */
export type Lazy<Props> = FunctionComponent<Props> & { load: () => Promise<void> };

/** Return a view whose code `fetch` loads. Until it is there, and where it cannot be loaded, `Meanwhile` is shown. */
export function lazily<Props extends object>(
  fetch: () => Promise<FunctionComponent<Props>>,
  Meanwhile: FunctionComponent<Props> = () => null,
): Lazy<Props> {
  let View: FunctionComponent<Props> | null = null;
  const load = async () => {
    View ??= (await Promise.all([fetch(), loadLaterTexts()]))[0];
  };
  const Shown: FunctionComponent<Props> = (props) => {
    const [isThere, setThere] = useState(View !== null);
    useEffect(() => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isGone = false;
      const tell = () =>
        load().then(
          () => setThere(true),
          (error: unknown) => {
            console.warn("a part of this page cannot be loaded", error);
            if (!isGone) timer = setTimeout(tell, RETRY_MILLISECONDS);
          },
        );
      if (!isThere) void tell();
      return () => {
        isGone = true;
        clearTimeout(timer);
      };
    }, []);
    useEffect(putFocus, [isThere]); // what is loaded later gets the focus that it would have had
    return View === null ? <Meanwhile {...props} /> : <View {...props} />;
  };
  return Object.assign(Shown, { load });
}
