// URLs and paths of lockfiles and SBOMs as they may be published: what could be a secret, or names somebody's machine,
// is left out. One place, because every reader needs it and one that forgets it leaks.

/** A URL without what may be secret, and its host. */
export interface PublicUrl {
  /** Scheme, host, path. */
  readonly url: string;
  /** With the port where one is written; absent for schemes without a host. */
  readonly host?: string;
  /** True when something was taken out that may be a secret. */
  readonly redacted: boolean;
}

/** Longer URLs are no URLs of packages. */
const MAX_URL = 8192;

/**
 * What most lockfiles hold: a name with a last part that begins with a letter, and a path that says nothing twice. Parsing
 * it gives the same text again (WHATWG URL), so it is not parsed. Dots that begin a part of the path, and `xn--`, are.
 */
const PLAIN = /^https:\/\/((?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]*)\/[A-Za-z0-9@_+~./-]*$/;

/** Schemes that lead to a file of this machine. */
const LOCAL = /^(?:file|link|portal|workspace):/i;
/** `git@host:path`, the notation of scp. */
const SCP = /^(?:([^@\s/:]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)([^\s\\]+)$/;

/**
 * The public part of a URL (RFC 3986): userinfo, query and fragment are dropped, `git@host:path` becomes
 * `ssh://host/path`. Undefined for text that is no URL, that leads to a local file, or is too long.
 */
export function publicUrl(text: string): PublicUrl | undefined {
  const plain = text.length > MAX_URL || text.includes("/.") ? undefined : PLAIN.exec(text)?.[1];
  if (plain !== undefined && !plain.includes("xn--")) return { url: text, host: plain, redacted: false };
  if (text.length > MAX_URL || LOCAL.test(text)) return undefined;
  const prefix = /^git\+/i.exec(text)?.[0] ?? "";
  const body = text.slice(prefix.length);
  if (LOCAL.test(body)) return undefined;
  const [, user, scpHost, scpPath] = (/^[a-z][a-z0-9+.-]*:\/\//i.test(body) ? null : SCP.exec(body)) ?? [];
  const address =
    scpHost === undefined || user === undefined ? body : `ssh://${scpHost}/${scpPath?.replace(/^\/+/, "")}`;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (url.host === "" || url.protocol === "file:") return undefined;
  // `git@` names the account that everybody uses over SSH.
  const account = url.username !== "" && !(url.username === "git" && url.password === "");
  const redacted = account || url.password !== "" || url.search !== "";
  return { url: `${prefix.toLowerCase()}${url.protocol}//${url.host}${url.pathname}`, host: url.host, redacted };
}

/** A relative path that stays below its folder, with `/`, without `.` parts; undefined for any other, and for addresses. */
export function publicPath(text: string): string | undefined {
  if (text.length > MAX_URL || /^(?:[/\\~]|[A-Za-z]:|[A-Za-z][\w+.-]*:[/\\])/.test(text)) return undefined;
  const parts = text.split(/[/\\]/).filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}

/** Who may use an address, before its host. */
const USER_INFO = /:\/\/[^\s/?#"'<>]{0,1000}@/g;
/** A query whose name says that its value is a secret. */
const SECRET_QUERY =
  /([?&][^=?&\s#]{0,100}?(?:token|key|secret|pass|auth|sig|cred)[^=?&\s#]{0,100}=)[^&\s#"'<>]{1,4000}/gi;

/** A sentence somebody wrote (a description, who made it) without the secrets of the addresses in it. Linear. */
export function publicProse(text: string): string {
  if (!text.includes("://")) return text;
  return text.replaceAll(USER_INFO, "://").replaceAll(SECRET_QUERY, "$1…");
}
