// Where evidence usually lies beside an artifact. Names only say where to look: what a file is, its
// content tells. Discovery adds evidence and never takes trust from what it finds.

import { carriesSignature, readList, readSignatures } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
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

/** Which names may hold evidence about the artifact: files that speak of it alone, and lists of a release. */
function findSidecars(
  artifact: string,
  names: readonly string[],
): { readonly own: readonly string[]; readonly lists: readonly string[] } {
  const others = names.filter((name) => name !== artifact).toSorted();
  const own = others.filter((name) => SIDECAR_SUFFIXES.some((suffix) => name === artifact + suffix));
  // A signed list may stand alone (SHASUMS256.txt.asc); a detached signature is found through its list.
  const isAlone = (name: string): boolean =>
    name.endsWith(".asc") &&
    isListName(name.slice(0, -".asc".length)) &&
    !names.includes(name.slice(0, -".asc".length));
  return { own, lists: others.filter((name) => !own.includes(name) && (isListName(name) || isAlone(name))) };
}

/** Names of detached signatures over the file called `name`. */
function findSignatures(name: string, names: readonly string[]): readonly string[] {
  return SIGNATURE_SUFFIXES.map((suffix) => name + suffix).filter((candidate) => names.includes(candidate));
}

export interface FoundEvidence {
  readonly signatures: readonly Signature[];
  readonly lists: readonly List[];
}

/** The folder of an artifact, as somebody who may read files shows it. */
export interface Folder {
  readonly names: readonly string[];
  /** Undefined, after telling why, when the file cannot be read. */
  read(name: string): EvidenceFile | undefined;
  /** Tells that a file was looked at and left out. */
  skip(name: string, reason: string): void;
}

/** Evidence that lies beside the artifact called `name`. */
export async function discover(name: string, folder: Folder, reader: SignatureReader): Promise<FoundEvidence> {
  const signatures: Signature[] = [];
  const lists: List[] = [];
  const { own, lists: listNames } = findSidecars(name, folder.names);
  for (const sidecar of [...own, ...listNames]) {
    const forOne = own.includes(sidecar);
    const file = folder.read(sidecar);
    if (file === undefined) continue;
    const found = forOne && !carriesSignature(file.bytes) ? await readSignatures(reader, file, false) : undefined;
    if (found !== undefined) {
      signatures.push(...found);
      continue;
    }
    const over = findSignatures(sidecar, folder.names).flatMap((signature) => folder.read(signature) ?? []);
    const list = await readList(reader, file, over, { named: false, forOne });
    const useful = list.list.entries.length > 0 || list.embedded.length + list.signatures.length > 0;
    if (useful) lists.push(list);
    else folder.skip(sidecar, "holds no signature and no checksum that can be read");
  }
  return { signatures, lists };
}
