// The two formats of text that the documents of MCP ask for: URIs and addresses of electronic mail. Loops and
// anchored expressions without nested repetition, because the texts are attacker-controlled.

const PERCENT = "%[0-9A-Fa-f]{2}";
const PCHAR = `(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|${PERCENT})`;
const PATH = new RegExp(`^(?:${PCHAR}|/)*$`);
const QUERY = new RegExp(`^(?:${PCHAR}|[/?])*$`);
const USER = new RegExp(`^(?:[A-Za-z0-9._~!$&'()*+,;=:-]|${PERCENT})*$`);
const REGISTERED_NAME = new RegExp(`^(?:[A-Za-z0-9._~!$&'()*+,;=-]|${PERCENT})*$`);
const FUTURE_ADDRESS = /^[vV][0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:-]+$/;

/**
 * An absolute URI with a path or an authority (RFC 3986 section 3):
 *
 *   scheme ":" ( "//" [ user "@" ] host [ ":" port ] path / path ) [ "?" query ] [ "#" fragment ]
 */
export function isUri(text: string): boolean {
  const [, rest] = /^[A-Za-z][A-Za-z0-9+.-]*:([^]+)$/.exec(text) ?? [];
  if (rest === undefined) return false;
  const [beforeFragment, fragment] = cut(rest, "#");
  const [hierarchy, query] = cut(beforeFragment, "?");
  if (!QUERY.test(fragment) || !QUERY.test(query) || hierarchy === "") return false;
  if (!hierarchy.startsWith("//")) return PATH.test(hierarchy);
  const slash = hierarchy.indexOf("/", 2);
  const authority = hierarchy.slice(2, slash === -1 ? undefined : slash);
  return isAuthority(authority) && (slash === -1 || PATH.test(hierarchy.slice(slash)));
}

function isAuthority(text: string): boolean {
  const at = text.lastIndexOf("@");
  const [, host, port = ""] = /^(\[[^\]]*\]|[^:[]*)(?::(.*))?$/s.exec(text.slice(at + 1)) ?? [];
  if (host === undefined || !/^[0-9]*$/.test(port) || (at !== -1 && !USER.test(text.slice(0, at)))) return false;
  if (!host.startsWith("[")) return REGISTERED_NAME.test(host);
  const address = host.slice(1, -1);
  return FUTURE_ADDRESS.test(address) || (/^[0-9A-Fa-f:.]+$/.test(address) && URL.canParse(`http://[${address}]/`));
}

/** Before and behind the first `mark`; without one, all is before. */
function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;
const LABEL = /^[A-Za-z0-9-]+$/;

/** `local@domain`: a dot-atom (RFC 5322 section 3.2.3), and a domain of at least two labels (RFC 1123 section 2.1). */
export function isMailAddress(text: string): boolean {
  const parts = text.split("@");
  const [local, domain] = parts;
  if (parts.length !== 2 || local === undefined || domain === undefined) return false;
  const labels = domain.split(".");
  return (
    local.split(".").every((atom) => ATOM.test(atom)) &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label) && !label.startsWith("-") && !label.endsWith("-"))
  );
}
