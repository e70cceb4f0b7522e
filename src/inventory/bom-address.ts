// Addresses in SBOMs: package URLs, versions and references as anybody may have written them, made public, and what they
// say of where a component's bytes come from.

import type { Origin } from "../core/inventory.ts";
import { formatNormalPurl, packageName, parsePurl } from "../core/purl.ts";
import type { Purl } from "../core/purl.ts";
import { publicUrl } from "../core/public-url.ts";
import type { PublicUrl } from "../core/public-url.ts";

/** A text, and whether something was taken out of it that may be a secret. */
export interface PublicText {
  readonly text?: string;
  readonly redacted: boolean;
}

/** A name or version: where it is an address, its public part. */
export function publicText(text: string): PublicText {
  if (/^(?:file|link|portal):/i.test(text)) return { redacted: false };
  if (!/:\/\/|^[^\s@/]+@[^\s:/]+:/.test(text)) return { text, redacted: false };
  const address = publicUrl(text);
  return address === undefined ? { redacted: false } : { text: address.url, redacted: address.redacted };
}

export interface BomPurl {
  readonly purl: Purl;
  /** Canonical, without secrets. */
  readonly text: string;
  readonly redacted: boolean;
}

/** Qualifiers whose value is an address, with or without a scheme. */
const ADDRESSES: ReadonlySet<string> = new Set(["repository_url", "download_url", "vcs_url"]);

/** The purl that a text is, or undefined. Addresses in it are public. */
export function readBomPurl(text: string): BomPurl | undefined {
  const parsed = parsePurl(text);
  // An address is the name of no package, and could hold a token.
  if (parsed === undefined || `${packageName(parsed)}#${parsed.subpath ?? ""}`.includes(":/")) return undefined;
  // Most have neither qualifiers nor a version that could be an address.
  if (parsed.qualifiers === undefined && /^[\w.+-]*$/.test(parsed.version ?? "")) {
    return { purl: parsed, text: formatNormalPurl(parsed), redacted: false };
  }
  let redacted = false;
  const qualifiers = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed.qualifiers ?? {})) {
    const safe = publicQualifier(key, value);
    redacted ||= safe.redacted;
    if (safe.text !== undefined) qualifiers.set(key, safe.text);
  }
  const version = publicText(parsed.version ?? "");
  const { qualifiers: _qualifiers, version: _version, ...rest } = parsed;
  const purl: Purl = {
    ...rest,
    ...(version.text === undefined || version.text === "" ? {} : { version: version.text }),
    ...(qualifiers.size === 0 ? {} : { qualifiers: Object.fromEntries(qualifiers) }),
  };
  return { purl, text: formatNormalPurl(purl), redacted: redacted || version.redacted };
}

function publicQualifier(key: string, value: string): PublicText {
  if (!ADDRESSES.has(key)) return publicText(value);
  const { address, fragment } = splitAddress(value);
  if (/:\/\/|^[^\s@/]+@[^\s:/]+:/.test(address)) {
    const found = publicUrl(address);
    return found === undefined ? { redacted: false } : { text: `${found.url}${fragment}`, redacted: found.redacted };
  }
  // `gcr.io/acme`: a host and a path.
  const found = publicUrl(`https://${address}`);
  if (found === undefined) return { redacted: false };
  const plain = found.redacted || /[@?]/.test(address) ? found.url.slice("https://".length) : address;
  return { text: `${plain}${fragment}`, redacted: found.redacted };
}

/** A commit behind `#` is no secret, and is what pins a git address. */
function splitAddress(value: string): { address: string; fragment: string } {
  const [, address = value, fragment = ""] = /^([^#]*)(#[0-9a-f]{7,64})$/i.exec(value) ?? [];
  return { address, fragment };
}

/** Full commits only: less pins nothing. */
const COMMIT = /[@#]([0-9a-f]{64}|[0-9a-f]{40})$/i;

const REVISION = /^([^#]*\/[^@/#]*)@([\w.-]{1,100})$/;

/** The origin that a git address names: `git+https://host/acme/a.git@COMMIT`, or with `#`. Undefined for other text. */
export function gitOrigin(value: string): Extract<Origin, { kind: "git" }> | undefined {
  const commit = COMMIT.exec(value);
  if (commit !== null) {
    const address = publicUrl(value.slice(0, commit.index));
    return address === undefined
      ? undefined
      : { kind: "git", ...placeOf(address), commit: String(commit[1]).toLowerCase() };
  }
  // A revision stands behind `#`, or behind an `@` in the last part of the path.
  const [, before = value, revision] = /^([^#]*\/[^#]*)[#]([\w./-]{1,100})$/.exec(value) ?? REVISION.exec(value) ?? [];
  const address = publicUrl(before);
  if (address === undefined) return undefined;
  return { kind: "git", ...placeOf(address), ...(revision === undefined ? {} : { reference: revision }) };
}

function placeOf({ url, host }: PublicUrl): { url: string; host?: string } {
  return { url, ...(host === undefined ? {} : { host }) };
}

/** Types whose packages a registry or index hands out, unless qualifiers say otherwise. */
const REGISTRIES: ReadonlySet<string> = new Set(
  "npm pypi cargo golang gem maven nuget composer hex pub cran conda hackage cocoapods deb rpm apk alpm oci docker".split(
    " ",
  ),
);

/**
 * Where a component comes from, by its purl and the address of its archive.
 * @param archive as it is written; only of a component with one
 */
export function originOf(purl: Purl | undefined, archive: string | undefined): Origin {
  const { vcs_url: vcs, download_url: download, repository_url: repository } = purl?.qualifiers ?? {};
  const git = vcs === undefined ? undefined : gitOrigin(vcs);
  if (git !== undefined) return git;
  if (archive !== undefined && /^(?:git\+|git:|git@|ssh:)/i.test(archive)) return gitOrigin(archive) ?? { kind: "git" };
  const address = publicUrl(archive ?? download ?? "");
  const place = address === undefined ? {} : placeOf(address);
  if (download !== undefined) return { kind: "url", ...place };
  if (purl !== undefined && REGISTRIES.has(purl.type)) {
    const host = repository === undefined ? undefined : publicUrl(withScheme(repository))?.host;
    return { kind: "registry", ...(host === undefined ? {} : { host }), ...place };
  }
  return address === undefined ? { kind: "unknown" } : { kind: "url", ...place };
}

function withScheme(text: string): string {
  return text.includes("://") ? text : `https://${text}`;
}
