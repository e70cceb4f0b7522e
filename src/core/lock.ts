// What a lock holds about one package or file. Shared by those who read and write locks (policy/) and by the
// comparison (verify/lock.ts), which reads no files.

/** Somebody who answered for a file when it was accepted. */
export interface LockedSigner {
  /** As in `Evidence.scheme`. */
  readonly scheme: string;
  /** As in `Evidence.signer`; compared by `lockedIdentity`. */
  readonly signer: string;
  /** ISO 8601, UTC: when it was signed, where the signature says so. */
  readonly time?: string;
}

/** One file that was accepted. */
export interface LockedFile {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Everybody who answered for it. Empty: it was accepted for a digest that somebody stated. */
  readonly signers: readonly LockedSigner[];
  /** Where it was fetched from. */
  readonly source?: string;
}

/** What was accepted last of one package, or of the files that one artifact rule is about. */
export interface LockEntry {
  /** `pkg:npm/%40acme/server` or `rule:acme-*.tgz`. */
  readonly key: string;
  /** What the package says of itself. */
  readonly version?: string;
  /** By file name; at least one. */
  readonly files: ReadonlyMap<string, LockedFile>;
  /** 1-based line in the lock. */
  readonly line: number;
}

/** One lock in force, asked about one subject. */
export interface ConsultedLock {
  /** Path as the report shows it. */
  readonly source: string;
  /** Somebody vouched for it. Otherwise it adds demands and grants nothing. */
  readonly trusted: boolean;
  /** Of the subject's keys those that it knows. */
  readonly entries: readonly LockEntry[];
  /** `--lock` writes to this one in this run. */
  readonly isTarget: boolean;
  /** To be written it must be named with `--lock-file`: it was named so now, or it is not the target. */
  readonly isNamed: boolean;
}

/** What is checked now, in the terms of a lock. */
export interface LockSubject {
  /** File name, without directory. */
  readonly name: string;
  /** What the package inside says of itself. Believed only together with signatures. */
  readonly version?: string;
  /** Of the bytes that were read, lower-case hex; absent when only another digest is known. */
  readonly sha256?: string;
  /** Everybody whose signature over it verified. */
  readonly signers: readonly LockedSigner[];
}

/** Keys of packages, and of files that an artifact rule is about. */
export const PACKAGE_KEY = "pkg:";
export const RULE_KEY = "rule:";

/**
 * A signer without what changes from release to release although the signer is the same: the subkey of an OpenPGP key,
 * the remarks behind a key, and the tag that a release workflow ran for.
 */
export function lockedIdentity({ scheme, signer }: Pick<LockedSigner, "scheme" | "signer">): string {
  const [notation, identity] = signer.split(" ", 2);
  const stable = KEYED.has(notation ?? "")
    ? `${notation} ${identity ?? ""}`
    : signer.replace(/@refs\/tags\/\S+(?= \(issuer )/, "@refs/tags/*");
  return `${scheme}: ${stable}`;
}

/** Notations whose second word is the whole identity. */
const KEYED = new Set(["openpgp", "minisign", "signify", "ssh", "x509", "npm"]);

/** Longest file name that a lock holds. */
export const MAX_LOCKED_NAME = 255;

//   version = [ "v" ] number *( "." number )    at the start or after a character that is no letter or digit
//           / number 1*( "." number )           after a letter: go1.22.3, but not amd64, i386, py3
//   and what may follow it: rc1, -beta.2, .dev3, …; or 7 to 40 hex digits, a commit. x86_64 and .7z are none.
const VERSION =
  /(?:(?<![A-Za-z\d]|x86[-_])v?(?!7z)\d+(?:\.(?!7z)\d+)*|\d+(?:\.(?!7z)\d+)+)(?:[-._+~]?(?:alpha|beta|preview|pre|rc|dev|post|snapshot|nightly|canary|next)(?:[-._]?\d+)*)*/gi;
const COMMIT = /(?<![A-Za-z\d])g?(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![A-Za-z\d])/g;

/**
 * The file name with `*` in place of its version, so that one file has one series over all its releases:
 * `acme-1.2.0-linux-amd64.tgz` → `acme-*-linux-amd64.tgz`.
 */
export function seriesOf(name: string): string {
  if (name.length > MAX_LOCKED_NAME) return name;
  return name
    .replaceAll(COMMIT, "*")
    .replaceAll(VERSION, "*")
    .replaceAll(/\*(?:[-._+~]+\*)+/g, "*");
}
