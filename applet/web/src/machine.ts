/** What this computer says of itself, as far as a browser tells: as applet/machine.py. Pure. */

interface Browser {
  userAgent: string;
}

const BROWSERS: readonly [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [RegExp, string][] = [
  [/Android/, "Android"],
  [/iPhone|iPad/, "iOS"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** Return the browser's name, in place of the computer's, which no browser tells. */
export function computerName({ userAgent }: Browser): string {
  return BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "Browser";
}

/** Return the operating system as people call it. */
export function systemName({ userAgent }: Browser): string {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "";
}
