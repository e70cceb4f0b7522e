// External references of a CycloneDX component: its archives, and what its publisher names as repository and pages.

import { HASH_DIGITS } from "../core/cyclonedx-rules.ts";
import type { Distribution, Statements } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicUrl } from "../core/public-url.ts";
import { readDigests, splitAlternatives } from "./bom-digests.ts";
import type { BomDigests } from "./bom-digests.ts";

export const CYCLONEDX_HASHES = { algorithm: "alg", value: "content", digits: HASH_DIGITS } as const;

export interface References {
  readonly distributions: readonly Distribution[];
  /** The address of each distribution as it is written; for git, whose fragment is the commit. */
  readonly addresses: readonly string[];
  readonly statements: Pick<Statements, "homepage" | "repository" | "issues">;
  readonly others: readonly string[];
  readonly malformed: readonly string[];
  /** An address held what may be a secret. */
  readonly redacted: boolean;
}

const STATED: ReadonlyMap<string, keyof References["statements"]> = new Map([
  ["website", "homepage"],
  ["vcs", "repository"],
  ["issue-tracker", "issues"],
]);

/** A page may have a query that is no secret; a user with a password, and words for one, are. */
const SECRET = /\/\/[^/?#]*@|[?&][^=&]*(?:token|key|secret|pass|auth|sig|cred)[^=&]*=/i;

interface Draft {
  readonly distributions: Distribution[];
  readonly addresses: string[];
  readonly statements: Map<string, string>;
  readonly hashes: BomDigests[];
  redacted: boolean;
}

export function readReferences(component: JsonObject): References {
  const list = member(component, "externalReferences");
  const draft: Draft = { distributions: [], addresses: [], statements: new Map(), hashes: [], redacted: false };
  for (const item of itemsOf(list)) {
    if (isJsonObject(item)) takeReference(item, draft);
  }
  return {
    distributions: draft.distributions,
    addresses: draft.addresses,
    statements: Object.fromEntries(draft.statements),
    others: draft.hashes.flatMap(({ others }) => others),
    malformed: draft.hashes.flatMap(({ malformed }) => malformed),
    redacted: draft.redacted,
  };
}

function takeReference(reference: JsonObject, draft: Draft): void {
  const type = textMember(reference, "type") ?? "";
  const address = textMember(reference, "url") ?? "";
  const stated = STATED.get(type);
  if (stated === undefined && type !== "distribution") return;
  const found = publicUrl(address);
  if (stated !== undefined) {
    draft.redacted ||= found?.redacted === true && SECRET.test(address);
    // The first of several is the one that generators take from the manifest.
    if (found !== undefined && !draft.statements.has(stated)) draft.statements.set(stated, found.url);
    return;
  }
  draft.redacted ||= found?.redacted === true;
  const hashes = readDigests(member(reference, "hashes"), CYCLONEDX_HASHES);
  const fileName = found === undefined ? fileNameOf(address) : archiveName(found.url);
  const size = /^(\d{1,15}) bytes$/.exec(textMember(reference, "comment") ?? "")?.[1];
  draft.hashes.push(hashes);
  if (found === undefined && fileName === undefined && hashes.digests.length === 0) return;
  draft.addresses.push(address);
  draft.distributions.push(
    ...splitAlternatives({
      ...(found === undefined ? {} : { url: found.url }),
      ...(fileName === undefined ? {} : { fileName }),
      digests: hashes.digests,
      ...(size === undefined ? {} : { size: Number(size) }),
    }),
  );
}

/** The name of a file that a reference relative to the SBOM names; undefined for paths and addresses. */
function fileNameOf(address: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(address);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  return name === "" || name.length > 500 || /[/\\:@?#]/.test(name) ? undefined : name;
}

/** The last part of an address that ends like an archive's name. */
function archiveName(url: string): string | undefined {
  const name = fileNameOf(url.slice(url.lastIndexOf("/") + 1));
  return name !== undefined && /\.(?:whl|egg|t[bgx]z|tar(?:\.[a-z\d]{1,4})?|zip|crate|gem|jar|nupkg)$/i.test(name)
    ? name
    : undefined;
}
