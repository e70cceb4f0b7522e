// The `artifacts` section of a policy: what is demanded of files, by name.

import { UserError } from "../core/errors.ts";
import { isWeak, parseDigests } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import { choiceOf, lineOf, malformed, membersOf, refuseTwice, someItemsOf, textOf } from "./place.ts";
import type { Place } from "./place.ts";
import { signerNameOf } from "./signers.ts";
import type { ArtifactRule } from "./types.ts";

const EVIDENCE = ["signature", "checksum", "provenance"] as const satisfies ArtifactRule["evidence"];

/** @throws UserError `policy-malformed` */
export function readArtifacts(section: Place): readonly ArtifactRule[] {
  return [...membersOf(section)].map(([match, place]) => readRule(match, place));
}

function readRule(match: string, place: Place): ArtifactRule {
  if (match === "" || match.includes("/")) {
    throw malformed(place, "must be a pattern over file names", "a file name is not empty and holds no /");
  }
  const members = membersOf(place, ["signers", "threshold", "evidence", "digests"]);
  if (members.size === 0) throw malformed(place, "demands nothing");
  const signers = distinctItems(members.get("signers"), signerNameOf);
  return {
    match,
    signers,
    threshold: readThreshold(members.get("threshold"), signers.length),
    evidence: distinctItems(members.get("evidence"), (item) => choiceOf(item, EVIDENCE)),
    digests: readDigests(members.get("digests")),
    definedIn: place.document.source,
    line: lineOf(place),
  };
}

function distinctItems<Item extends string>(place: Place | undefined, read: (item: Place) => Item): readonly Item[] {
  const items = place === undefined ? [] : someItemsOf(place).map((item) => [item, read(item)] as const);
  refuseTwice(items);
  return items.map(([, text]) => text);
}

function readThreshold(place: Place | undefined, signers: number): number {
  if (place === undefined) return signers === 0 ? 0 : 1;
  const { value } = place;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw malformed(place, "must be a whole number of at least 1");
  }
  if (signers > 0 && value > signers) {
    throw malformed(place, `${value} of ${signers} can never be met`, "name more signers, or lower the threshold");
  }
  return value;
}

function readDigests(place: Place | undefined): readonly Digest[] {
  const items = place === undefined ? [] : someItemsOf(place).map((item) => [item, readDigest(item)] as const);
  refuseTwice(items.map(([item, digest]) => [item, `${digest.algorithm}:${digest.hex}`]));
  return items.map(([, digest]) => digest);
}

function readDigest(place: Place): Digest {
  const text = textOf(place);
  if (/\s/.test(text))
    throw malformed(place, "must be one digest without white space", "write each digest as its own item");
  try {
    const [digest] = parseDigests(text);
    if (digest === undefined) throw malformed(place, `not a digest: ${text}`);
    if (isWeak(digest.algorithm)) {
      throw malformed(
        place,
        `${digest.algorithm} pins nothing: different files with one digest can be made`,
        "write sha256:HEX",
      );
    }
    return digest;
  } catch (error) {
    if (error instanceof UserError && error.code === "digest-malformed")
      throw malformed(place, error.message, error.hint);
    throw error;
  }
}
