/** Causes of a slow, blurred or still picture: what each means, and what to do next. */

import type { Diagnosis } from "@deskside/codec/session/diagnosis.gen";
import { t } from "./texts";

/** Return a cause in a few words, and the next step. `check` is the address of the page that tests. */
export function causeWords(cause: Diagnosis, customer: string, check: string): readonly [string, string] {
  const names = { customer, check };
  switch (cause) {
    case "console_asleep":
      return [t("This computer was asleep"), t("Nothing to do. The session continues where it was.")];
    case "server_unreachable":
      return [
        t("This computer does not reach the server"),
        t("Check your own internet connection. If other sites work, the server is restarting or down."),
      ];
    case "customer_offline":
      return [
        t("{customer} is offline", names),
        t("Their internet connection or their computer is off. Call them. The session continues when they are back."),
      ];
    case "connection_cut":
      return [
        t("Something on the way cuts the connection"),
        t("Usually a proxy, a VPN or a firewall. Ask {customer} to turn off a VPN, then to open {check}", names),
      ];
    case "screen_unreadable":
      return [t("The customer’s computer does not give its screen"), t("See the message over the picture.")];
    case "page_asleep":
      return [t("This browser is not showing new pictures"), t("Bring this tab to the front, or reload it.")];
    case "line_stalled":
      return [
        t("Pictures are stuck on the way"),
        t("Wait a few seconds. If it stays, ask {customer} to move closer to the Wi-Fi or to open {check}", names),
      ];
    case "customer_busy":
      return [
        t("The customer’s computer is very busy"),
        t("Ask {customer} to close programs that they do not need.", names),
      ];
    case "slow_encode":
      return [
        t("The customer’s computer takes long to read its screen"),
        t("Ask {customer} to lower the screen resolution, or to show one window.", names),
      ];
    case "slow_viewer":
      return [
        t("This computer shows pictures slowly"),
        t("Close other tabs and programs here, or make this window smaller."),
      ];
    case "narrow_line":
      return [
        t("The connection between you is slow"),
        t("Ask {customer} to pause downloads and video calls, and pause yours. {check} measures their line.", names),
      ];
    case "detour":
      return [
        t("The detour through the server is long"),
        t("A direct connection would be quicker. Your IT department can allow UDP to the server, and theirs too."),
      ];
    case "long_line":
      return [
        t("The connection between you has a long delay"),
        t("Each click takes a moment to show. Wait for the picture after each one."),
      ];
    case "unsteady_line":
      return [
        t("The connection between you is unsteady"),
        t("Usually Wi-Fi or mobile data. Ask {customer} to use a cable or to move closer to the Wi-Fi.", names),
      ];
    case "queue_full":
      return [t("Much is waiting to be sent"), t("Wait until it has arrived before you continue.")];
    case "screen_dark":
      return [
        t("The customer’s screen is black"),
        t("It is locked, asleep or turned off. Ask {customer} to wake it up.", names),
      ];
    case "direct_lost":
      return [
        t("The direct connection was lost"),
        t("The session continues through the server. A direct connection is tried again once a minute."),
      ];
    case "no_direct_path":
      return [
        t("A direct connection is not possible here"),
        t("Firewalls on the way do not allow it (UDP). The session works through the server, a little slower."),
      ];
    case "nothing_changes":
      return [t("Nothing changes on the customer’s screen"), t("The picture is current. No new picture is needed.")];
  }
}
