// Where evidence usually lies beside an artifact. Names only say where to look: what a file is, its
// content tells. Discovery adds evidence and never takes trust from what it finds.

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

export interface Sidecars {
  /** Files that speak of the artifact alone: signatures over it, or lists for it. */
  readonly own: readonly string[];
  /** Checksum lists for many files. */
  readonly lists: readonly string[];
  readonly keys: readonly string[];
}

/** True for the name of a checksum list, with or without the suffix of a signature. */
function isListName(name: string): boolean {
  return LIST_NAMES.some((pattern) => pattern.test(name));
}

/**
 * Which of the names in the artifact's folder may hold evidence about it, sorted.
 * @param names all names of the folder
 */
export function findSidecars(artifact: string, names: readonly string[]): Sidecars {
  const sorted = names.filter((name) => name !== artifact).toSorted();
  const own = sorted.filter((name) => SIDECAR_SUFFIXES.some((suffix) => name === artifact + suffix));
  const lists = sorted.filter((name) => !own.includes(name) && isListName(name.toLowerCase()));
  const bare = (name: string): string => name.slice(0, name.lastIndexOf("."));
  // A signed list that stands alone (SHASUMS256.txt.asc); a detached signature is found through its list.
  const alone = sorted.filter(
    (name) => name.endsWith(".asc") && isListName(bare(name).toLowerCase()) && !own.includes(name),
  );
  return { own, lists: [...lists, ...alone], keys: sorted.filter((name) => KEY_NAMES.test(name.toLowerCase())) };
}

/** Names of detached signatures over the file called `name`, among the names of its folder. */
export function findSignatures(name: string, names: readonly string[]): readonly string[] {
  return SIGNATURE_SUFFIXES.map((suffix) => name + suffix).filter((candidate) => names.includes(candidate));
}
