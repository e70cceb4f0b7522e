// Credentials for a URL, from npm's settings. Pure, and separate because a mistake here gives a token away.
//
//   //HOST[:PORT]/PATH/:_authToken=TOKEN          Authorization: Bearer TOKEN
//   //HOST[:PORT]/PATH/:_auth=BASE64              Authorization: Basic BASE64
//   //HOST[:PORT]/PATH/:username=NAME, :_password=BASE64      Authorization: Basic base64(NAME:PASSWORD)
//
// The longest path that the URL's own path begins with counts, segment by segment, with or without the last slash.
// Source: npm-registry-fetch, lib/auth.js. Unlike npm, credentials of a registry are not sent to other paths of its host.

import { UserError } from "../core/errors.ts";

/** Value of the Authorization header, or undefined. @throws UserError `npm-config-malformed` */
export function authorizationFor(url: URL, setting: (key: string) => string | undefined): string | undefined {
  for (const place of placesOf(url)) {
    const token = setting(`${place}:_authToken`);
    if (isText(token)) return headerValue("Bearer", token, place);
    const both = setting(`${place}:_auth`);
    if (isText(both)) return headerValue("Basic", both, place);
    const [name, password] = [setting(`${place}:username`), setting(`${place}:_password`)];
    if (isText(name) && isText(password)) {
      const decoded = Buffer.concat([Buffer.from(`${name}:`), Buffer.from(password, "base64")]);
      return headerValue("Basic", decoded.toString("base64"), place);
    }
  }
  return undefined;
}

/** `//host/a/b`, `//host/a/`, `//host/a`, `//host/`, `//host`: what settings may be written for, longest first. */
function placesOf(url: URL): readonly string[] {
  const places = [`//${url.host}${url.pathname}`];
  for (;;) {
    const last = places.at(-1) ?? "";
    if (last === `//${url.host}`) return places;
    places.push(last.endsWith("/") ? last.slice(0, -1) : last.slice(0, last.lastIndexOf("/") + 1));
  }
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** What a header cannot carry is refused, and not shown. */
function headerValue(scheme: string, value: string, place: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return `${scheme} ${value}`;
  throw new UserError("npm-config-malformed", `the npm credentials for ${place} hold white space or other characters`);
}
