// The components and remarks of one Python lockfile while it is read: what is the same for all of its formats, so that
// none forgets a key that is used twice, a hash that is none, or a secret in an address.

import type { Digest } from "../core/digest.ts";
import type { Component, Distribution, Facts, Remark, Statements } from "../core/inventory.ts";
import { publicProse, publicUrl } from "../core/public-url.ts";
import { pypiPurl } from "../core/purl.ts";
import type { RuleId } from "../core/rules.ts";
import { createKeys, createRemarks } from "./component-key.ts";
import type { Hashes } from "./python-hashes.ts";
import { foreignFile } from "./python-file-names.ts";
import { joinHashes } from "./python-hashes.ts";
import { isPythonName, isPythonVersion } from "./python-names.ts";
import type { Place } from "./python-place.ts";

/** One file that a package can be installed from, as the lockfile states it. */
export interface LockedFile {
  /** As written: may hold a secret. */
  readonly url?: string | undefined;
  readonly fileName?: string | undefined;
  readonly hashes: Hashes;
  /** Bytes. */
  readonly size?: number | undefined;
}

/** One package as a lockfile states it. */
export interface LockedPackage {
  /** Undefined where the lockfile has no text. */
  readonly name: string | undefined;
  readonly version?: string | undefined;
  /** The lockfile has something else than a text, or arbitrary text is allowed (`===`). */
  readonly versionState?: "wrong" | "arbitrary" | undefined;
  /** `name@version` when absent. */
  readonly key?: string | undefined;
  readonly place: Place;
  readonly files: readonly LockedFile[];
  /** It is one archive, and its files are that one. */
  readonly oneArchive?: boolean;
  readonly facts: Facts;
  readonly statements?: Statements | undefined;
  /** What is wrong with it as a whole, as a clause. */
  readonly trouble?: string | undefined;
  /** As messages call it; the lockfile when absent. */
  readonly file?: string | undefined;
  readonly line: number;
  /** The line of a hash that is none. */
  lineOfText?(text: string): number;
}

/** A component before it is known what needs it. */
export type Entry = Omit<Component, "scope" | "dependsOn">;

export interface Ledger {
  readonly shown: string;
  add(locked: LockedPackage): Entry;
  remark(
    rule: RuleId,
    subject: string,
    message: string,
    more?: Pick<Remark, "file" | "line" | "path" | "actual" | "hint" | "level">,
  ): void;
  /** A remark that does not make the inventory incomplete, whatever its rule. */
  note(remark: Remark): void;
  remarks(): readonly Remark[];
  /** True when a remark said that something is missing. */
  isIncomplete(): boolean;
}

/** How findings call a component. */
export function entryName({ name, version }: Pick<Component, "name" | "version">): string {
  return version === undefined ? name : `${name}@${version}`;
}

const NO_NAME = "package without a name";

/** @param shown the lockfile, as messages call it */
export function createLedger(shown: string): Ledger {
  const uniqueKey = createKeys();
  const remarks = createRemarks(shown);
  let incomplete = false;
  const remark: Ledger["remark"] = (rule, subject, message, more = {}) => {
    if (rule === "inventory-incomplete") incomplete = true;
    // Names and hashes that are none may be addresses.
    const { actual, path, ...rest } = more;
    remarks.add({
      rule,
      subject: publicProse(subject),
      message: publicProse(message),
      file: shown,
      ...rest,
      ...(actual === undefined ? {} : { actual: publicProse(actual) }),
      ...(path === undefined ? {} : { path: path.map(publicProse) }),
    });
  };
  return {
    shown,
    remark,
    note: (made) => remarks.add(made),
    remarks: () => remarks.list(),
    isIncomplete: () => incomplete,
    add(stated) {
      const locked = withoutSecrets(stated);
      const entry = entryOf(locked, shown, uniqueKey);
      sayTroubles(locked, entryName(entry), remark);
      sayForeignFile(entry, locked, remark);
      return entry;
    },
  };
}

/** Its texts, each of which may be an address where nobody expects one. */
function withoutSecrets(stated: LockedPackage): LockedPackage {
  const { name, version, key, facts, statements } = stated;
  const prose = (text: string | undefined): string | undefined => (text === undefined ? text : publicProse(text));
  const { requested, patched, engines } = facts;
  return {
    ...stated,
    name: prose(name),
    version: prose(version),
    key: prose(key),
    facts: {
      ...facts,
      ...(requested === undefined ? {} : { requested: publicProse(requested) }),
      ...(patched === undefined ? {} : { patched: publicProse(patched) }),
      ...(engines === undefined ? {} : { engines: engines.map(publicProse) }),
    },
    ...(statements?.description === undefined
      ? {}
      : { statements: { ...statements, description: publicProse(statements.description) } }),
  };
}

function entryOf(locked: LockedPackage, shown: string, uniqueKey: (wanted: string) => string): Entry {
  const { version, place, facts, statements, line } = locked;
  const name = locked.name === undefined || locked.name === "" ? NO_NAME : locked.name;
  const { digests, distributions } = filesOf(locked);
  const stated = digests.length > 0 || distributions.some((distribution) => distribution.digests.length > 0);
  const valid = isPythonName(name);
  const path = place.origin.kind === "workspace" || place.origin.kind === "directory" ? place.origin.path : undefined;
  return {
    key: uniqueKey(locked.key ?? entryName({ name, ...(version === undefined ? {} : { version }) })),
    kind: "library",
    name,
    ...(version === undefined ? {} : { version }),
    ...(valid ? { purl: pypiPurl(name, version, place.qualifiers) } : {}),
    digests,
    ...(distributions.length === 0 ? {} : { distributions }),
    ...(stated ? {} : { undigested: place.undigested }),
    origin: place.origin,
    facts,
    ...(statements === undefined || Object.keys(statements).length === 0 ? {} : { statements }),
    ...(path === undefined || path === "" ? {} : { location: path }),
    file: locked.file ?? shown,
    line,
  };
}

/** Of one archive the digests are the component's own, whatever the number of places where they stand. */
function filesOf({ files, oneArchive }: LockedPackage): {
  readonly digests: readonly Digest[];
  readonly distributions: readonly Distribution[];
} {
  if (oneArchive === true && files.length <= 1) {
    return { digests: joinHashes(files.map(({ hashes }) => hashes)).digests, distributions: [] };
  }
  return { digests: [], distributions: files.map(distributionOf) };
}

function distributionOf({ url, fileName, hashes, size }: LockedFile): Distribution {
  const found = url === undefined ? undefined : publicUrl(url);
  // What is called a name may be an address or a path.
  const own = fileName === undefined ? undefined : (publicUrl(fileName)?.url ?? fileName);
  const name = (own ?? found?.url)?.replace(/^.*[/\\]/s, "").replace(/[?#].*$/s, "");
  return {
    ...(found === undefined ? {} : { url: found.url }),
    ...(name === undefined || name === "" ? {} : { fileName: name }),
    digests: hashes.digests,
    ...(size === undefined ? {} : { size }),
  };
}

/** The first of its files, or its one archive, that is called like something else. */
function sayForeignFile(entry: Entry, { line }: LockedPackage, remark: Ledger["remark"]): void {
  const { origin } = entry;
  const address = origin.kind === "url" ? origin.url : origin.kind === "file" ? origin.path : undefined;
  const archive = address === undefined ? [] : [{ fileName: address.slice(address.lastIndexOf("/") + 1) }];
  for (const { fileName } of [...(entry.distributions ?? []), ...archive]) {
    const foreign = fileName === undefined ? undefined : foreignFile(fileName, entry);
    if (foreign === undefined) continue;
    const { message, ...more } = foreign;
    const file = entry.file === undefined ? {} : { file: entry.file };
    remark("component-malformed", entryName(entry), message, { line, ...file, ...more });
    return;
  }
}

function sayTroubles(locked: LockedPackage, subject: string, remark: Ledger["remark"]): void {
  const { name, version, versionState, place, files } = locked;
  const at = { line: locked.line, ...(locked.file === undefined ? {} : { file: locked.file }) };
  const wrong = locked.trouble ?? nameTrouble(name) ?? versionTrouble(version, versionState) ?? place.trouble;
  if (wrong !== undefined) remark("component-malformed", subject, wrong, at);
  const malformed = files.flatMap(({ hashes }) => hashes.malformed);
  const [first] = malformed;
  if (first !== undefined) {
    const what = malformed.length === 1 ? "a hash that is none" : `${malformed.length} hashes that are none`;
    const line = locked.lineOfText?.(first) ?? locked.line;
    remark("integrity-malformed", subject, `states ${what}`, { ...at, line, actual: first });
  }
  const secret = files.some(({ url }) => url !== undefined && publicUrl(url)?.redacted === true);
  if (place.redacted || secret) {
    remark("secret-removed", subject, "a user name, password or token stands in its address", at);
  }
}

function nameTrouble(name: string | undefined): string | undefined {
  if (name === undefined || name === "") return "it has no name";
  return isPythonName(name) ? undefined : "its name is none that Python packages have";
}

function versionTrouble(version: string | undefined, state: LockedPackage["versionState"]): string | undefined {
  if (state === "wrong") return "its version is no text";
  if (version === undefined || (state === "arbitrary" && /^[\x21-\x7e]+$/.test(version))) return undefined;
  return isPythonVersion(version) ? undefined : "its version is none that Python packages have";
}
