/** What the address says: a link's routing and secret, or a PIN that the page before this one knew already. */

import { channelIn } from "../session/codes.ts";
import type { Way } from "../texts/sentences.ts";
import type { WayBack } from "../wire/page.ts";

/** What the address brought. `code` is what the customer would have typed. */
export interface Brought {
  way: Way;
  code: string | null;
}

const ROUTING = /^\/(?:join|s)\/([\w-]{10,64})$/;

/** Return what is in this address. A secret and a PIN are behind the # sign, which no browser sends anywhere. */
export function broughtBy(address: Pick<Location, "origin" | "pathname" | "search" | "hash">): Brought {
  const behind = address.hash.slice(1);
  const routing = ROUTING.exec(address.pathname)?.[1];
  if (routing !== undefined) return { way: "link", code: `${address.origin}/s/${routing}${behind && `#${behind}`}` };
  const channel = channelIn(address);
  if (channel !== null)
    return { way: "channel", code: `${address.origin}/join?channel=${channel}${behind && `&#${behind}`}` };
  return { way: "pin", code: /^\d{6,17}$/.test(behind) ? behind : null };
}

/**
 * Whether this code, which an address brought, leads to where the tab has been. The secrets need not be the same. Who
 * has filled in the form of a channel again asks for help once more.
 */
export function isCodeOf(code: string, origin: string, { pin, routing, channel }: WayBack): boolean {
  if (pin !== null) return code.startsWith(pin);
  return code.split("#")[0] === origin + (routing === null ? `/join?channel=${channel}` : `/s/${routing}`);
}
