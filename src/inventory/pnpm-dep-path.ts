// Keys and references of pnpm lockfiles: "dependency paths". Separate, because each version of the format writes them
// in another way, and everything else is alike. Source: github.com/pnpm/spec, lockfile/*.md; pnpm/pnpm, deps/path.
//
//   5.x   /name/1.0.0    /@scope/name/1.0.0    /name/1.0.0_react@18.0.0 (peers, or a hash of them)
//   6.x   /name@1.0.0    /name@1.0.0(react@18.0.0)(b@1.0.0(c@1.0.0))    /name@1.0.0(patch_hash=…)
//   9.x   name@1.0.0     the same suffixes; name@https://…, name@file:…, name@git+https://…#commit, node@runtime:22.0.0
//   5, 6  host/name/1.0.0, host/name@1.0.0 (another registry); host/owner/repo/commit, @host/path (archives);
//         file:path
//
// What depends on a package names it by a reference: the version with its suffix; or a whole key, where that has
// another name (an alias) or is no version; or `link:` and a folder.

export type PnpmFormat = 5 | 6 | 9;

export interface DepPath {
  /** Absent where the key does not have one: the entry's own `name` says it. */
  readonly name?: string;
  /** As in the key, without its suffix: a version, or an address. */
  readonly version?: string;
  /** `(react@18.0.0)`, `_react@18.0.0`; with the hash of a patch. */
  readonly suffix: string;
}

/** A key taken apart. Never throws: what has no name or version is left to the entry's members. */
export function parseDepPath(key: string, format: PnpmFormat): DepPath {
  if (format === 5) return parseDepPath5(key);
  const { body, suffix } = splitSuffix(key);
  const path = format === 6 ? body.replace(/^\//, "") : body;
  // Keys of 6 that begin neither with "/" nor with a host and a name are archives and folders: only members name them.
  if (format === 6 && !body.startsWith("/")) {
    const hosted = /^[\w.-]+(?::\d+)?\/((?:@[^/@]+\/)?[^/@]+)@([^/@]+)$/.exec(body);
    return hosted?.[1] === undefined || hosted[2] === undefined
      ? { suffix }
      : { name: hosted[1], version: hosted[2], suffix };
  }
  const at = path.indexOf("@", 1);
  return at === -1 ? { suffix } : { name: path.slice(0, at), version: path.slice(at + 1), suffix };
}

function parseDepPath5(key: string): DepPath {
  const [, host, name, rest] = /^([^/@]*)\/((?:@[^/]+\/)?[^/]+)\/([^/]+)$/.exec(key) ?? [];
  if (host === undefined || name === undefined || rest === undefined || !/^[0-9]/.test(rest)) return { suffix: "" };
  const cut = rest.indexOf("_");
  return cut === -1
    ? { name, version: rest, suffix: "" }
    : { name, version: rest.slice(0, cut), suffix: rest.slice(cut) };
}

/** Cuts the groups of parentheses at the end; they nest. */
export function splitSuffix(key: string): { readonly body: string; readonly suffix: string } {
  let [depth, start] = [0, key.length];
  for (let at = key.length - 1; at >= 0; at--) {
    const unit = key[at];
    if (unit === ")") depth += 1;
    else if (unit === "(") {
      depth -= 1;
      if (depth < 0) break;
      if (depth === 0) start = at;
    } else if (depth === 0) break;
  }
  return { body: key.slice(0, start), suffix: key.slice(start) };
}

/** The key that a reference stands for; undefined for a link to a folder. */
export function keyOfReference(name: string, reference: string, format: PnpmFormat): string | undefined {
  if (reference.startsWith("link:")) return undefined;
  const bracket = reference.indexOf("(");
  const head = bracket === -1 ? reference : reference.slice(0, bracket);
  if (format === 9) {
    if (reference.startsWith("@")) return reference;
    const at = head.indexOf("@");
    const colon = reference.indexOf(":");
    return at !== -1 && (colon === -1 || at < colon) ? reference : `${name}@${reference}`;
  }
  if (reference.startsWith("file:") || head.includes("/")) return reference;
  return format === 5 ? `/${name}/${reference}` : `/${name}@${reference}`;
}
