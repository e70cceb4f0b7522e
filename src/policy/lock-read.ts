// One lock: text in, entries out, and entries into text. Pure. What it holds may be an attacker's;
// lock.ts decides whether it grants anything.
//
//   {
//     "version": 1,
//     "accepted": {
//       KEY: {                                 pkg:npm/%40acme/server, or rule: and the pattern of an artifact rule
//         "version": "1.2.0",                  left out where the package states none
//         "files": {
//           NAME: {
//             "sha256": HEX,
//             "signers": [ { "scheme": …, "signer": …, "time": … } ],    time left out where the signature has none
//             "source": …                      left out where it was not fetched
//           }
//         }
//       }
//     }
//   }
//
// JSON without comments; written with sorted keys, two spaces of indent and a line feed at the end.

import { MAX_LOCKED_NAME, lockedIdentity } from "../core/lock.ts";
import type { LockEntry, LockedFile, LockedSigner } from "../core/lock.ts";
import { printableJson } from "../core/printable.ts";
import { itemsOf, lineOf, malformed, membersOf, parseDocument, refuseTwice } from "./place.ts";
import { requiredMember, textOf, timeOf } from "./place.ts";
import type { Place } from "./place.ts";

/** The only version of the format there is. */
const VERSION = 1;

/** By key. */
export type LockEntries = ReadonlyMap<string, LockEntry>;

/** A package without version, qualifiers and subpath (purl specification), or an artifact rule. */
const KEY = /^(?:pkg:[a-z][a-z0-9.-]*\/[^@?#\s]+|rule:[^/]+)$/u;
const MAX_KEY = 1000;
/** Of one file. */
export const MAX_SIGNERS = 100;

/**
 * @param source path as the report shows it
 * @throws UserError `json-malformed` or `policy-malformed`, with file, line and member
 */
export function readLock(bytes: Uint8Array, source: string): LockEntries {
  const root = parseDocument(bytes, source, false);
  const version = requiredMember(root, membersOf(root), "version");
  if (version.value !== VERSION)
    throw malformed(version, `must be ${VERSION}`, "a newer boltseal may know this version");
  const members = membersOf(root, ["version", "accepted"]);
  const accepted = membersOf(requiredMember(root, members, "accepted"));
  return new Map([...accepted].map(([key, place]) => [key, readEntry(key, place)]));
}

function readEntry(key: string, place: Place): LockEntry {
  if (key.length > MAX_KEY || !KEY.test(key)) {
    throw malformed(place, "is no key of a lock", "a key is pkg:TYPE/NAME without version, or rule:PATTERN");
  }
  const members = membersOf(place, ["version", "files"]);
  const version = members.get("version");
  const filesPlace = requiredMember(place, members, "files");
  const files = membersOf(filesPlace);
  if (files.size === 0) throw malformed(filesPlace, "is empty");
  return {
    key,
    ...(version === undefined ? {} : { version: textOf(version) }),
    files: new Map([...files].map(([name, file]) => [name, readFile(name, file)])),
    line: lineOf(place),
  };
}

/** True for what can be the last part of a path, is short enough, and can be read back. */
export function isLockedName(name: string): boolean {
  return name !== "" && name !== "__proto__" && name.length <= MAX_LOCKED_NAME && !/[/\0]/.test(name);
}

function readFile(name: string, place: Place): LockedFile {
  if (!isLockedName(name)) throw malformed(place, "is no file name");
  const members = membersOf(place, ["sha256", "signers", "source"]);
  const sha256Place = requiredMember(place, members, "sha256");
  const sha256 = textOf(sha256Place);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw malformed(sha256Place, "must be 64 lower-case hex digits");
  const signersPlace = requiredMember(place, members, "signers");
  const signers = itemsOf(signersPlace).map((item) => [item, readSigner(item)] as const);
  if (signers.length > MAX_SIGNERS) throw malformed(signersPlace, `names more than ${MAX_SIGNERS} signers`);
  refuseTwice(signers.map(([item, signer]) => [item, lockedIdentity(signer)]));
  const source = members.get("source");
  return {
    sha256,
    signers: signers.map(([, signer]) => signer),
    ...(source === undefined ? {} : { source: textOf(source) }),
  };
}

function readSigner(place: Place): LockedSigner {
  const members = membersOf(place, ["scheme", "signer", "time"]);
  const time = members.get("time");
  return {
    scheme: textOf(requiredMember(place, members, "scheme")),
    signer: textOf(requiredMember(place, members, "signer")),
    ...(time === undefined ? {} : { time: timeOf(time) }),
  };
}

/** The text of a lock: the same entries give the same bytes, whatever their order. */
export function formatLock(entries: LockEntries): string {
  const accepted = sortedObject(entries, ({ version, files }) => ({
    ...(version === undefined ? {} : { version }),
    files: sortedObject(files, formatFile),
  }));
  return `${printableJson(JSON.stringify({ version: VERSION, accepted }, null, 2))}\n`;
}

function formatFile({ sha256, signers, source }: LockedFile): object {
  const sorted = signers
    .map(({ scheme, signer, time }) => ({ scheme, signer, ...(time === undefined ? {} : { time }) }))
    .toSorted((a, b) => compareText(`${a.scheme} ${a.signer}`, `${b.scheme} ${b.signer}`));
  return { sha256, signers: sorted, ...(source === undefined ? {} : { source }) };
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sortedObject<Value>(members: ReadonlyMap<string, Value>, format: (value: Value) => object): object {
  // Names that are whole numbers come first in any object: another order, and always the same.
  const sorted = [...members].toSorted(([a], [b]) => compareText(a, b));
  return Object.fromEntries(sorted.map(([key, value]) => [key, format(value)]));
}
