/** A view that is loaded when it is needed: most visits never do. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { putFocus } from "./parts.tsx";

/** Return a component that stands for the one which `load` brings, and shows nothing until that is there. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [There, arrive] = useState(() => loaded);
    useEffect(() => {
      if (There !== null) return;
      void load().then((component) => {
        loaded = component;
        arrive(() => component);
      });
    }, []);
    useEffect(() => {
      if (There !== null) putFocus(); // before, there was nothing that could have it
    }, [There]);
    return There === null ? null : <There {...props} />;
  };
}
