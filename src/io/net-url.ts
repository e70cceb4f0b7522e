// URLs that may be fetched, and how messages show them. Separate and pure: a redirect is held to the same rules
// as the URL that the user wrote.

import { UserError } from "../core/errors.ts";

/** Of a longer path the start is shown; servers choose where they redirect to. */
const MAX_SHOWN = 300;

/** Longer URLs are refused. */
const MAX_URL = 4096;

/** Scheme, host and path: nothing of userinfo, query or fragment, which may hold secrets. */
export function shownUrl(url: URL): string {
  const text = `${url.protocol}//${url.host}${url.pathname}`;
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

/** The host as resolvers and certificates know it: without port, and without the brackets of an IPv6 address. */
export function hostName(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * An https URL without userinfo. The fragment is dropped.
 * @param base what a relative reference is relative to
 * @throws UserError `net-refused`
 */
export function parseHttpsUrl(text: string, base?: URL): URL {
  const where = base === undefined ? "the URL" : `${shownUrl(base)}: the URL that it leads to`;
  if (text.length > MAX_URL) throw new UserError("net-refused", `${where} is longer than ${MAX_URL} characters`);
  if (!URL.canParse(text, base?.href)) throw new UserError("net-refused", `${where} is none`);
  const url = new URL(text, base?.href);
  url.hash = "";
  if (url.username !== "" || url.password !== "") {
    throw new UserError("net-refused", `${where} carries a user name or password: ${shownUrl(url)}`, {
      hint: "credentials in a URL end in logs and histories; leave them out",
    });
  }
  if (url.protocol !== "https:") {
    throw new UserError("net-refused", `${where} is not https: ${shownUrl(url)}`, {
      hint: "nothing is fetched over a connection that others can read or change",
    });
  }
  return url;
}

/**
 * True when an answer from `from` may send us on to `to`: the same host and port, or one that was allowed by its exact
 * name. A name without port stands for port 443.
 */
export function mayLeadTo(from: URL, to: URL, allowedHosts: readonly string[]): boolean {
  return to.protocol === "https:" && (to.host === from.host || allowedHosts.includes(to.host));
}
