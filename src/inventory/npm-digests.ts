// What the `integrity` of an npm lockfile proves: npm compares it with some archives only. Separate, because a digest that
// nobody compares would make a component look pinned.

import type { Digest } from "../core/digest.ts";
import { parseIntegrity } from "../core/integrity.ts";
import type { Origin } from "../core/inventory.ts";
import { member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Report } from "./npm-component.ts";
import { isLink } from "./npm-node.ts";
import type { NpmNode } from "./npm-node.ts";

export interface NpmDigests {
  readonly digests: readonly Digest[];
  /** Stated, and of no archive that npm compares it with. */
  readonly otherChecksums: readonly string[];
}

/** The digests of an entry from this origin. */
export function digestsOf({ meta, place }: NpmNode, origin: Origin, report: Report): NpmDigests {
  const digests = statedDigests(meta, report);
  if (digests.length === 0 || !UNCOMPARED.includes(origin.kind)) return { digests, otherChecksums: NONE };
  if (isLink(meta) || place.kind === "folder") {
    report("integrity-malformed", "a digest is stated of a folder, with which npm compares none");
  }
  return { digests: NONE, otherChecksums: digests.map(checksumText) };
}

function statedDigests(meta: JsonObject, report: Report): readonly Digest[] {
  const integrity = member(meta, "integrity");
  if (integrity === undefined || integrity === null || integrity === false || integrity === "") return NONE;
  if (typeof integrity === "string" && SHA512.test(integrity)) {
    const hex = Buffer.from(integrity.slice("sha512-".length), "base64").toString("hex");
    return [{ algorithm: "sha512", hex, from: "declared" }];
  }
  const { digests, malformed } =
    typeof integrity === "string" ? parseIntegrity(integrity) : { digests: NONE, malformed: ["no text"] };
  for (const part of malformed.slice(0, 1)) {
    report("integrity-malformed", "its integrity holds what is no digest", { actual: part.slice(0, 200) });
  }
  return digests;
}

/**
 * What npm compares no digest with, whatever the lockfile states: what it makes from a repository, folders, and what comes
 * in the archive of another package.
 * Source: pacote, lib/git.js; @npmcli/arborist lib/arborist/reify.js.
 */
const UNCOMPARED: readonly Origin["kind"][] = ["git", "directory", "workspace", "bundled"];

function checksumText({ algorithm, hex }: Digest): string {
  return `npm:${algorithm}-${Buffer.from(hex, "hex").toString("base64")}`;
}

const NONE: readonly never[] = [];
/** What nearly every component has, and what `parseIntegrity` takes ten times as long for. The last digit has no stray bits. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{85}[AQgw]==$/;
