// External references of a component: where its archives are, with their digests, and what its publisher names as its
// repository and pages. What a reference cannot hold comes back, to be written as a property.

import type { Component, Distribution } from "../core/inventory.ts";
import { publicUrl } from "../core/public-url.ts";
import { splitDigests } from "./cyclonedx-version.ts";
import type { CdxHash, VersionFeatures } from "./cyclonedx-version.ts";

export interface CdxReference {
  readonly url: string;
  readonly type: "distribution" | "vcs" | "website" | "issue-tracker";
  readonly comment?: string;
  readonly hashes?: readonly CdxHash[];
}

export interface References {
  readonly references: readonly CdxReference[];
  /** Distributions that are not wholly in `references`. */
  readonly rest: readonly Distribution[];
}

export function referencesOf(component: Component, features: VersionFeatures): References {
  const references: CdxReference[] = [];
  const rest: Distribution[] = [];
  const archive = archiveUrl(component);
  if (archive !== undefined) {
    const { hashes } = splitDigests(component.digests, features);
    references.push({ url: iriOf(archive), type: "distribution", ...(hashes.length === 0 ? {} : { hashes }) });
  }
  for (const distribution of component.distributions ?? []) {
    const { reference, whole } = distributionReference(distribution, features);
    if (reference !== undefined) references.push(reference);
    if (!whole) rest.push(distribution);
  }
  references.push(...statedReferences(component));
  const seen = new Set<string>();
  const unique = references.filter((reference) => {
    const key = JSON.stringify(reference);
    return !seen.has(key) && seen.add(key);
  });
  return { references: unique, rest };
}

/** The URL of the one archive that a component is. With distributions it is that of an index. */
function archiveUrl({ origin, distributions }: Component): string | undefined {
  if (origin.kind !== "registry" && origin.kind !== "url") return undefined;
  return distributions === undefined || distributions.length === 0 ? origin.url : undefined;
}

/** What no IRI has unencoded (RFC 3987 section 2.2), and URLs may have. */
const NO_IRI = /[\u{0}-\u{20}\u{7f}-\u{a0}"<>\\^`{|}\u{2028}\u{2029}]|%(?![0-9A-Fa-f]{2})/gu;

function iriOf(url: string): string {
  return url.toWellFormed().replaceAll(NO_IRI, encodeURIComponent);
}

/** The last part of a URL's path, decoded. */
export function fileNameOf(url: string): string {
  const last = url.slice(url.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return last;
  }
}

function distributionReference(
  distribution: Distribution,
  features: VersionFeatures,
): { reference?: CdxReference; whole: boolean } {
  const { url, fileName, digests, size } = distribution;
  const relative = fileName === undefined ? undefined : encodeURIComponent(fileName.toWellFormed());
  const address = url === undefined ? relative : iriOf(url);
  if (address === undefined || address === "") return { whole: false };
  const { hashes, rest } = splitDigests(digests, features);
  const named = url === undefined || fileName === undefined || fileNameOf(url) === fileName;
  const comment = size === undefined ? {} : { comment: `${size} bytes` };
  const reference = { url: address, type: "distribution" as const, ...comment };
  return { reference: hashes.length === 0 ? reference : { ...reference, hashes }, whole: named && rest.length === 0 };
}

/** What the source and the package's own statements name. Statements are made public again: anybody may have read them. */
function statedReferences({ origin, statements }: Component): readonly CdxReference[] {
  const wanted = [
    ["vcs", origin.kind === "git" ? origin.url : undefined],
    ["vcs", statements?.repository],
    ["website", statements?.homepage],
    ["issue-tracker", statements?.issues],
  ] as const;
  return wanted.flatMap(([type, text]) => {
    const url = text === undefined ? undefined : publicUrl(text)?.url;
    return url === undefined ? [] : [{ url: iriOf(url), type }];
  });
}
