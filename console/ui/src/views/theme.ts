/** Light, dark, or as the computer has it. */

import { signal } from "@preact/signals";
import { t } from "../texts/texts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
const KEPT = "deskside-theme";

export const theme = signal<Theme>(kept());

/** Return a theme's name. */
export function themeWord(each: Theme): string {
  return { system: t("Use system setting"), light: t("Light"), dark: t("Dark") }[each];
}

/** Use this theme from now on. */
export function setTheme(chosen: Theme): void {
  localStorage.setItem(KEPT, chosen);
  theme.value = chosen;
  wear();
}

/** Tell the style sheets. */
export function wear(): void {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}

function kept(): Theme {
  const found = localStorage.getItem(KEPT) as Theme | null;
  return found !== null && THEMES.includes(found) ? found : "system";
}
