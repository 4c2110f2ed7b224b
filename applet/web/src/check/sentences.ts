/** What each result of `/check` means, and what to do. */

import { amount, decimal, t } from "../texts/texts.ts";
import type { Cause, Measured, Outcome, Result, Test, Verdict } from "./rules.ts";

/** Return what a test is called. */
export function testName(test: Test): string {
  const names: Record<Test, string> = {
    address: t("Address"),
    browser: t("Browser"),
    camera: t("Camera"),
    screen: t("Screen sharing"),
    direct: t("Direct connection"),
    server: t("Server"),
    speed: t("Speed"),
    clock: t("Clock"),
  };
  return names[test];
}

/** Return how a test came out, in one word or figure. */
export function outcomeWord({ cause, outcome }: Result, { upMbit }: Measured): string {
  if (cause.startsWith("speed_")) return t("{value} Mbit/s", { value: decimal(upMbit ?? 0) });
  if (cause === "clock_right") return t("Right");
  if (cause === "clock_wrong") return t("Wrong");
  if (cause === "camera_off") return t("Off");
  if (cause === "camera_none") return t("Not found");
  if (cause === "camera_unsupported" || cause === "screen_phone") return t("Not available");
  if (cause === "direct_untested") return t("Not tested");
  if (cause === "server_busy") return t("Busy");
  const words: Record<Outcome, string> = { good: t("Works"), note: t("Fine"), bad: t("Does not work") };
  return words[outcome];
}

/** Return why a test came out as it did. */
export function causeSentence(cause: Cause, { clockSeconds }: Measured, host: string): string {
  const sentences: Record<Cause, () => string> = {
    address_open: () => t("This address is not encrypted, so the browser shows no screen from it"),
    browser_old: () => t("This browser is too old to show a screen"),
    browser_forgets: () => t("This browser keeps nothing for this page. If you reload it, you need a new PIN"),
    camera_ready: () => t("Found, and this page may use it"),
    camera_asks: () => t("Found. Your browser asks you before it is used"),
    camera_off: () => t("Your browser keeps the camera off for this page"),
    camera_none: () => t("There is no camera here. You do not need one to show your screen"),
    camera_unsupported: () => t("This browser gives pages no camera"),
    screen_works: () => t("This browser can show your screen"),
    screen_phone: () => t("A phone’s browser cannot show its screen. Use a computer for that"),
    screen_unsupported: () => t("This browser cannot show your screen"),
    direct_works: () => t("Your network lets the direct connection through"),
    direct_untested: () => t("{host} cannot test it. Help works either way", { host }),
    direct_no_udp: () => t("Your network blocks it (UDP). Help goes through the server, a little slower"),
    direct_unsupported: () => t("Off in this browser. Help goes through the server, a little slower"),
    server_works: () => t("{host} answers at once", { host }),
    server_slow: () => t("{host} answers slowly. Clicks take a moment to show", { host }),
    server_busy: () => t("{host} has many visitors at the moment", { host }),
    server_blocked: () => t("Your network opens pages of {host}, but blocks live connections (WebSocket)", { host }),
    server_silent: () => t("{host} does not answer", { host }),
    speed_sharp: () => t("Enough for a sharp, smooth picture"),
    speed_enough: () => t("Enough. The picture is blurred for a moment when much changes"),
    speed_slow: () => t("Too slow. The picture is blurred and late"),
    clock_right: () => t("Your clock is right"),
    clock_wrong: () => {
      const time = amount(Math.abs(clockSeconds ?? 0), Math.round);
      return (clockSeconds ?? 0) > 0
        ? t("Your clock is {time} fast. Secure pages may not open", { time })
        : t("Your clock is {time} slow. Secure pages may not open", { time });
    },
  };
  return sentences[cause]();
}

/** Return what to do, step by step; nothing where nothing helps, or nothing is wrong. */
export function stepsFor(cause: Cause, host: string): string[] {
  const again = t("Choose “Test again” here.");
  switch (cause) {
    case "address_open":
      return [t("Open https://{host}/check instead.", { host })];
    case "browser_old":
    case "screen_unsupported":
      return [t("Open this page in a current Chrome, Edge or Firefox on a computer."), t("Or use the help program.")];
    case "camera_off":
      return [
        t("Choose the camera sign beside the address at the top."),
        t("Allow the camera for {host}.", { host }),
        again,
      ];
    case "server_busy":
      return [t("Wait a minute."), again];
    case "server_blocked":
      return [
        t("Try another network, for example your phone’s hotspot, and turn off a VPN."),
        t("In a company: ask your IT department to allow WebSocket connections to {host}.", { host }),
        again,
      ];
    case "server_silent":
      return [
        t("Check your internet connection."),
        t("Reload this page."),
        t("If that does not help, call the helpdesk."),
      ];
    case "direct_no_udp":
      return [t("You do not need to do anything. For a direct connection, an IT department can allow UDP.")];
    case "speed_slow":
      return [t("Move closer to your Wi-Fi, or use a cable."), t("Pause downloads, uploads and video calls."), again];
    case "clock_wrong":
      return [t("Turn on automatic time in your settings."), again];
    default:
      return [];
  }
}

/** Return the heading, and below it in one or two sentences what will work. */
export function verdictWords(verdict: Verdict, host: string): readonly [string, string] {
  switch (verdict.session) {
    case "none":
      return [t("Help from this page does not work yet"), t("One thing stops it. The steps below say what to do.")];
    case "later":
      return [t("The test could not finish"), t("{host} is busy. Test again in a minute.", { host })];
    default: {
      const heading = verdict.session === "ready" ? t("You are ready") : t("Not everything works");
      return [heading, `${whatWorks(verdict)} ${pathSentence(verdict)}`];
    }
  }
}

function whatWorks({ screen, camera }: Verdict): string {
  if (screen && camera) return t("You can show your screen or your camera.");
  if (screen) return t("You can show your screen.");
  if (camera) return t("You can show your camera and chat.");
  return t("You can chat with your technician.");
}

function pathSentence({ direct }: Verdict): string {
  return direct ? t("The connection is direct.") : t("The connection goes through the server.");
}
