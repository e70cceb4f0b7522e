// The `source` of a package in Cargo.lock, and what of it may be published (cargo, core/resolver/encode.rs and
// core/source_id.rs).
//
//   source    = "registry+" URL | "sparse+" URL | "git+" URL [ "?" ref ] "#" commit | none: a folder
//   ref       = ( "branch" | "tag" | "rev" ) "=" text        URL-encoded since version 4 of the lockfile

import type { Origin } from "../core/inventory.ts";
import { publicUrl } from "../core/public-url.ts";

export interface CargoSource {
  readonly origin: Origin;
  /** For the purl: where it does not come from the registry that `pkg:cargo` means. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** Without secrets, to tell sources apart. */
  readonly text: string;
  readonly redacted: boolean;
  /** What is impossible about it, as a clause. */
  readonly problem?: string;
}

/** The index of the registry that everybody uses, over git and over HTTP. */
const PUBLIC_INDEX =
  /^(?:registry\+https:\/\/github\.com\/rust-lang\/crates\.io-index|sparse\+https:\/\/index\.crates\.io\/)$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const REFERENCES: readonly string[] = ["branch", "tag", "rev", "ref"];

/** @param encoded references are URL-encoded */
export function readCargoSource(text: string, encoded: boolean): CargoSource {
  if (PUBLIC_INDEX.test(text)) return { origin: { kind: "registry" }, text: "registry", redacted: false };
  const [, kind, address] = /^(registry|sparse|git)\+(.*)$/s.exec(text) ?? [];
  if (kind === undefined || address === undefined) return unknownSource("its source is of no kind that cargo has");
  if (kind === "git") return readGit(address, encoded);
  const made = publicUrl(address);
  // A registry in a folder of somebody's machine has no address to publish.
  if (made === undefined && /^file:/i.test(address)) {
    return { origin: { kind: "registry" }, text: `${kind} of a folder`, redacted: false, qualifiers: {} };
  }
  if (made === undefined) return unknownSource("the address of its source is none");
  return {
    origin: { kind: "registry", ...(made.host === undefined ? {} : { host: made.host }) },
    qualifiers: { repository_url: made.url },
    text: `${kind}+${made.url}`,
    redacted: made.redacted,
  };
}

function unknownSource(problem: string): CargoSource {
  return { origin: { kind: "unknown" }, qualifiers: {}, text: "unknown", redacted: false, problem };
}

function readGit(address: string, encoded: boolean): CargoSource {
  const hash = address.indexOf("#");
  const [place, precise] = hash === -1 ? [address, ""] : [address.slice(0, hash), address.slice(hash + 1)];
  const mark = place.indexOf("?");
  const [bare, query] = mark === -1 ? [place, ""] : [place.slice(0, mark), place.slice(mark + 1)];
  const { reference, others } = readReference(query, encoded);
  const made = publicUrl(bare);
  if (made === undefined && !/^file:/i.test(bare)) return unknownSource("the address of its source is none");
  const commit = COMMIT.test(precise) ? precise : undefined;
  const origin: Origin = {
    kind: "git",
    ...(made === undefined ? {} : { url: made.url }),
    ...(made?.host === undefined ? {} : { host: made.host }),
    ...(commit === undefined ? {} : { commit }),
    ...(reference === undefined ? {} : { reference }),
  };
  const where = made === undefined ? "git" : `git+${made.url}`;
  const at = commit === undefined ? "" : `@${commit}`;
  return {
    origin,
    qualifiers: made === undefined ? {} : { vcs_url: `${where}${at}` },
    text: `${where}${commit === undefined ? "" : `#${commit}`}`,
    redacted: made?.redacted === true || others,
    ...(commit === undefined ? { problem: "its source names no full commit" } : {}),
  };
}

interface Reference {
  readonly reference: string | undefined;
  /** The query holds something else, which may be a secret. */
  readonly others: boolean;
}

function readReference(query: string, encoded: boolean): Reference {
  let reference: string | undefined;
  let others = false;
  for (const pair of query.split("&").filter((part) => part !== "")) {
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    if (!REFERENCES.includes(name)) others = true;
    else reference ??= encoded ? (new URLSearchParams(`v=${value}`).get("v") ?? value) : value;
  }
  return { reference, others };
}
