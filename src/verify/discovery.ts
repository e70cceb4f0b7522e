// Where evidence usually lies beside an artifact. Names only say where to look: what a file is, its
// content tells. Discovery adds evidence and never takes trust from what it finds.

import { judgeList, readList, readSignatures, unknownSignature } from "./evidence.ts";
import type { Signature } from "./evidence.ts";
import type { JudgedList } from "./lists.ts";
import { isCleartext } from "./openpgp-packets.ts";
import type { EvidenceFile } from "./scheme.ts";
import type { SignatureReader } from "./signed.ts";

/** Suffixes of files that speak of the one artifact whose name they extend. */
const SIDECAR_SUFFIXES = [
  ".asc",
  ".sig",
  ".sign",
  ".gpg",
  ".pgp",
  ".minisig",
  ".p7s",
  ".sigstore",
  ".sigstore.json",
  ".intoto.jsonl",
  ".attestation",
  ".publish.attestation",
  ".slsa.attestation",
  ".provenance",
  ".sha256",
  ".sha256.txt",
  ".sha256sum",
  ".sha384",
  ".sha512",
  ".sha512.txt",
  ".sha512sum",
  ".b2sum",
] as const;

/** Names of checksum lists for a whole release, compared without regard to case; `*` stands for a project and version. */
const LIST_NAMES = [
  /^sha(?:256|384|512)sums?(?:\.txt)?$/,
  /^shasums(?:256|512)?(?:\.txt)?$/,
  /^sha3-(?:256|512)sums?(?:\.txt)?$/,
  /^b2sums?(?:\.txt)?$/,
  /^checksums?(?:[-_.]?sha(?:256|512))?(?:\.txt)?$/,
  /^.+[-_.](?:checksums?|sha(?:256|512)sums?)(?:\.txt)?$/,
] as const;

const SIGNATURE_SUFFIXES = [".asc", ".sig", ".sign", ".gpg", ".minisig", ".sigstore.json"] as const;

/** True for a sidecar whose name says that it is a signature, and no list. */
function isSignatureName(name: string): boolean {
  return !/\.(?:sha\d+(?:sum|\.txt)?|b2sum)$/.test(name);
}

/** Names under which publishers put their keys. Used only where a full fingerprint was chosen beforehand. */
const KEY_NAMES = /^(?:keys|(?:release-|signing-|public-|pub)?key)(?:\.(?:txt|asc|gpg|pgp))?$/;

/** Which of the names in a folder are keys of publishers, sorted. */
export function findKeys(names: readonly string[]): readonly string[] {
  return names.filter((name) => KEY_NAMES.test(name.toLowerCase())).toSorted();
}

/** True for the name of a checksum list. */
function isListName(name: string): boolean {
  return LIST_NAMES.some((pattern) => pattern.test(name.toLowerCase()));
}

/** Whether a file among others is evidence by its name: a sidecar of one of them, a list or its signature, a key. */
export function isEvidenceName(name: string, names: ReadonlySet<string>): boolean {
  if (isListName(name) || KEY_NAMES.test(name.toLowerCase())) return true;
  return SIDECAR_SUFFIXES.some((suffix) => {
    const stem = name.endsWith(suffix) ? name.slice(0, -suffix.length) : "";
    return stem !== "" && (names.has(stem) || isListName(stem));
  });
}

/** What stands in a folder: told once, because each of its files asks. */
interface Contents {
  readonly names: ReadonlySet<string>;
  /** Lists of a release, sorted; those that are looked at. */
  readonly lists: readonly string[];
}

const contentsOf = new WeakMap<readonly string[], Contents>();

/** The contents of a folder. When it is first asked for, lists that are not looked at are told of. */
function readContents(folder: Pick<Folder, "names" | "skip">): Contents {
  const known = contentsOf.get(folder.names);
  if (known !== undefined) return known;
  const names = new Set(folder.names);
  // A signed list may stand alone (SHASUMS256.txt.asc); a detached signature is found through its list.
  const isAlone = (name: string): boolean => {
    const stem = name.endsWith(".asc") ? name.slice(0, -".asc".length) : "";
    return isListName(stem) && !names.has(stem);
  };
  const lists = folder.names.filter((name) => isListName(name) || isAlone(name)).toSorted();
  const contents = { names, lists: lists.slice(0, MAX_LISTS) };
  contentsOf.set(folder.names, contents);
  for (const extra of lists.slice(MAX_LISTS)) folder.skip(extra, `only ${MAX_LISTS} checksum lists are looked at`);
  return contents;
}

/** Which names may hold evidence about the artifact: files that speak of it alone, and lists of a release. */
function findSidecars(
  artifact: string,
  { names, lists }: Contents,
): { readonly own: readonly string[]; readonly lists: readonly string[] } {
  const own = SIDECAR_SUFFIXES.map((suffix) => artifact + suffix).filter((name) => names.has(name));
  return { own: own.toSorted(), lists: lists.filter((name) => name !== artifact && !own.includes(name)) };
}

/** Names of detached signatures over the file called `name`. */
function findSignatures(name: string, { names }: Contents): readonly string[] {
  return SIGNATURE_SUFFIXES.map((suffix) => name + suffix).filter((candidate) => names.has(candidate));
}

/** A folder, whose release lists are read once, however many artifacts lie there. */
export interface Folder {
  readonly names: readonly string[];
  /** Release lists that were read before, by name; undefined where one held nothing. */
  readonly lists: Map<string, JudgedList | undefined>;
  /** How messages name a file of the folder. */
  path(name: string): string;
  /** Undefined, after telling why, when the file cannot be read or is larger than `limit` bytes. */
  read(name: string, limit: number): EvidenceFile | undefined;
  /** Tells that a file was looked at and left out. */
  skip(name: string, reason: string): void;
}

export interface FoundEvidence {
  readonly signatures: readonly Signature[];
  readonly lists: readonly JudgedList[];
}

/** Nobody named these files, so less is read of them than of those that a flag names. */
const MAX_SIDECAR = 1 << 20;
/** The lists of a folder stay in memory together, where they take ten times as much. */
const MAX_LIST = 1 << 20;
const MAX_LISTS = 8;

/** Evidence that lies beside the artifact called `name`. */
export async function discover(name: string, folder: Folder, reader: SignatureReader): Promise<FoundEvidence> {
  const signatures: Signature[] = [];
  const lists: JudgedList[] = [];
  const found = findSidecars(name, readContents(folder));
  for (const sidecar of found.own) {
    const file = folder.read(sidecar, MAX_SIDECAR);
    const inside =
      file === undefined || isCleartext(file.bytes) ? undefined : await readSignatures(reader, file, false);
    if (inside !== undefined) signatures.push(...inside);
    else {
      const list =
        file === undefined ? undefined : await discoverList(folder, reader, file, { name: sidecar, forOne: true });
      if (list !== undefined) lists.push(list);
      else if (isSignatureName(sidecar)) signatures.push(unknownSignature(folder.path(sidecar), UNKNOWN));
    }
  }
  for (const listName of found.lists) {
    if (!folder.lists.has(listName)) {
      const file = folder.read(listName, MAX_LIST);
      const list = file && (await discoverList(folder, reader, file, { name: listName, forOne: false }));
      folder.lists.set(listName, list);
    }
    const list = folder.lists.get(listName);
    if (list !== undefined) lists.push(list);
  }
  return { signatures, lists };
}

const UNKNOWN = "it is no signature that can be read here";

/** A list with its detached signatures; undefined, after telling so, when there is nothing in it. */
async function discoverList(
  folder: Folder,
  reader: SignatureReader,
  file: EvidenceFile,
  { name, forOne }: { readonly name: string; readonly forOne: boolean },
): Promise<JudgedList | undefined> {
  const own: Signature[] = [];
  for (const signature of findSignatures(name, readContents(folder))) {
    const signatureFile = folder.read(signature, MAX_SIDECAR);
    const inside = signatureFile && (await readSignatures(reader, signatureFile, false));
    own.push(...(inside ?? [unknownSignature(folder.path(signature), UNKNOWN)]));
  }
  const list = await readList(reader, file, own, { named: false, forOne });
  if (list.list.entries.length > 0 || list.embedded.length + own.length > 0) return judgeList(list, []);
  folder.skip(name, "holds no signature and no checksum that can be read");
  return undefined;
}
