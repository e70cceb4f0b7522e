// Where an artifact comes from: references to packages, and what a registry says of one version of one.
// Pure; obtain.ts fetches. What a registry says is a claim, which nothing here checks but its form.

import { parseDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { memberRange } from "./origin-members.ts";

/** A package in exactly one version. */
export interface NpmReference {
  /** With its scope. */
  readonly name: string;
  readonly version: string;
}

/** What a registry says of one version. */
export interface Packument {
  readonly tarball: URL;
  /** SRI; absent from versions that are older than it. */
  readonly integrity?: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  /** Where the attestations are, or why they are not fetched; absent where the registry names none. */
  readonly attestations?: { readonly url: URL } | { readonly refused: string };
  /** ISO 8601, as the registry claims. */
  readonly publishedAt?: string;
}

/** Longest name of a package, of the npm registry's rules. */
const MAX_NAME = 214;
const MAX_VERSION = 256;

/**
 * One part of a name: what needs no escape in a URL, and does not start with a dot or an underscore. Capitals are in
 * names that are older than the rule against them.
 */
const NAME_PART = String.raw`[A-Za-z0-9~][A-Za-z0-9._~-]*`;
const NAME = new RegExp(String.raw`^(?:@${NAME_PART}/)?${NAME_PART}$`);
const FORBIDDEN_NAMES = ["node_modules", "favicon.ico"];

/** Semantic Versioning 2.0.0, without build metadata, which registries drop. */
const NUMBER = String.raw`(?:0|[1-9]\d*)`;
const IDENTIFIER = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(String.raw`^${NUMBER}\.${NUMBER}\.${NUMBER}(?:-${IDENTIFIER}(?:\.${IDENTIFIER})*)?$`);

/** True for a text that names a package and no file or URL. */
export function isNpmReference(text: string): boolean {
  return text.startsWith("npm:");
}

/**
 * `npm:NAME@VERSION`, where the version is exact.
 * @throws UserError `usage`
 */
export function parseNpmReference(text: string): NpmReference {
  const rest = text.slice("npm:".length);
  const at = rest.indexOf("@", 1);
  const [name, version] = at === -1 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
  const wrong = (what: string, hint: string): UserError => new UserError("usage", `${text}: ${what}`, { hint });
  if (!isNpmReference(text)) throw wrong("not a reference to a package", "write npm:NAME@VERSION");
  if (name.length > MAX_NAME || !NAME.test(name) || FORBIDDEN_NAMES.includes(name.toLowerCase()))
    throw wrong(
      `${JSON.stringify(name)} is not a name of an npm package`,
      "write npm:NAME@1.2.3 or npm:@SCOPE/NAME@1.2.3",
    );
  if (version === "") throw wrong("it names no version", `write the exact version: npm:${name}@1.2.3`);
  if (version.length > MAX_VERSION || !VERSION.test(version)) {
    throw wrong(
      `${JSON.stringify(version)} is not an exact version`,
      "tags and ranges mean something else tomorrow: write all three numbers, as 1.2.3, without v or build metadata",
    );
  }
  return { name, version };
}

/** Where a registry tells about a package. @param registry ends in a slash */
export function packumentUrl(registry: URL, name: string): URL {
  const url = new URL(registry);
  // The name was checked: a slash after the scope is all that needs an escape.
  url.pathname += name.replace("/", "%2f");
  return url;
}

export interface PackumentContext {
  readonly reference: NpmReference;
  readonly registry: URL;
  /** True for a URL that may be fetched for this registry. */
  readonly mayFetch: (url: URL) => boolean;
}

/** What a registry says of one version, or any other member that is read (bytes): as a tree it takes many times that. */
const MAX_MANIFEST = 4 << 20;
/** How many signatures of a version are read; registries have one or two keys. */
const MAX_SIGNATURES = 16;
/** UTF-16 units of an SRI, a key id, a signature. */
const MAX_TEXT = 4096;

/**
 * Reads the one version out of a package's document (attacker-controlled, JSON in UTF-8). Of the other versions
 * nothing is read. Duplicate keys on the way there, or in what is read, are refused.
 * @throws UserError `packument-malformed`
 */
export function readPackument(bytes: Uint8Array, context: PackumentContext): Packument {
  const { name, version } = context.reference;
  const source = `${name}: the registry's answer`;
  const read = (...path: readonly string[]): Json | undefined => valueAt(bytes, path, source);
  const about = read("name");
  if (about === undefined) throw malformed(source, "it is no document about a package");
  if (about !== name) throw malformed(source, "it is about another package");
  const manifest = read("versions", version);
  if (manifest === undefined) {
    throw new UserError("packument-malformed", `${name}: the registry has no version ${version}`, {
      hint: "look for a typing error; versions can also be taken back",
    });
  }
  if (memberOf(manifest, "name") !== name || memberOf(manifest, "version") !== version)
    throw malformed(source, `what stands under ${version} is another package or version`);
  const dist = memberOf(manifest, "dist");
  const integrity = memberOf(dist, "integrity");
  const published = read("time", version);
  const attestations = attestationsOf(dist, context);
  return {
    tarball: tarballOf(dist, context, source),
    ...(integrity === undefined || integrity === null ? {} : { integrity: integrityOf(integrity, source) }),
    signatures: signaturesOf(memberOf(dist, "signatures"), source),
    ...(attestations === undefined ? {} : { attestations }),
    ...(published === undefined ? {} : { publishedAt: timeOf(published, source) }),
  };
}

function malformed(source: string, what: string): UserError {
  return new UserError("packument-malformed", `${source} cannot be used: ${what}`, {
    hint: "is the registry in ~/.npmrc an npm registry?",
  });
}

function valueAt(bytes: Uint8Array, path: readonly string[], source: string): Json | undefined {
  const range = memberRange(bytes, path, (what) => malformed(source, what));
  if (range === undefined) return undefined;
  if (range[1] - range[0] > MAX_MANIFEST)
    throw malformed(source, `${path.join(".")} has more than ${MAX_MANIFEST} bytes`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(...range));
  } catch {
    throw malformed(source, "it is not UTF-8 text");
  }
  return parseJson(text, { source: `${source}, ${path.join(".")}` }).value;
}

/** A member of what may be an object. */
function memberOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, Json>>)[key] : undefined;
}

function tarballOf(dist: Json | undefined, context: PackumentContext, source: string): URL {
  const url = urlOf(memberOf(dist, "tarball"), context);
  if (url instanceof URL) return url;
  throw new UserError("packument-malformed", `${source} cannot be used: the tarball's URL ${url}`, {
    hint: "if that is where this registry keeps files, name its host with --host",
  });
}

function attestationsOf(dist: Json | undefined, context: PackumentContext): Packument["attestations"] {
  const attestations = memberOf(dist, "attestations");
  if (attestations === undefined || attestations === null) return undefined;
  const url = urlOf(memberOf(attestations, "url"), context);
  return url instanceof URL ? { url } : { refused: `the URL of the attestations ${url}` };
}

/** A URL that may be fetched, or why not as a clause about it. */
function urlOf(value: Json | undefined, { mayFetch }: PackumentContext): URL | string {
  if (typeof value !== "string" || value.length > MAX_TEXT || !URL.canParse(value)) return "is none";
  const url = new URL(value);
  if (url.protocol !== "https:") return "is not https";
  if (url.username !== "" || url.password !== "") return "carries a user name or password";
  return mayFetch(url) ? url : `leads to ${url.host}, which is not the registry's host`;
}

function integrityOf(value: Json, source: string): string {
  if (typeof value !== "string" || value.length > MAX_TEXT) throw malformed(source, "the integrity is no text");
  const known = value.split(/\s+/).some((part) => parseDigest(part.split("?")[0] ?? "") !== undefined);
  if (!known) throw malformed(source, "the integrity holds no digest that is known here");
  return value;
}

function signaturesOf(value: Json | undefined, source: string): Packument["signatures"] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_SIGNATURES)
    throw malformed(source, `the signatures are no list of at most ${MAX_SIGNATURES}`);
  return (value as readonly Json[]).map((entry) => {
    const [keyid, sig] = [memberOf(entry, "keyid"), memberOf(entry, "sig")];
    if (typeof keyid !== "string" || typeof sig !== "string" || keyid.length + sig.length > MAX_TEXT)
      throw malformed(source, "a signature has no key id, or no value, of sensible length");
    return { keyid, sig };
  });
}

function timeOf(value: Json, source: string): string {
  const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
  if (typeof value === "string" && ISO_TIME.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw malformed(source, "the time of publishing is no time");
}

/** As `npm pack` names it: with the scope, so that no policy takes it for the package without. */
export function tarballName({ name, version }: NpmReference): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

/**
 * The registry's signatures of a version, with what they are over, as the registry says: JSON
 * `{name, version, integrity?, signatures: [{keyid, sig}], publishedAt?}`.
 */
export function signatureDocument({ name, version }: NpmReference, packument: Packument): string {
  const { integrity, signatures, publishedAt } = packument;
  return `${JSON.stringify({ name, version, integrity, signatures, publishedAt }, undefined, 2)}\n`;
}
