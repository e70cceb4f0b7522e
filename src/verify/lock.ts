// What is checked now, compared with what was accepted last. Pure: policy/ finds, reads and writes locks.
//
//   the locked bytes, everybody who answered for them answers again       nothing to say, whatever the times
//   somebody who answered last time does not answer now                    lock-signer-lost
//   other bytes: signed before the locked ones, or of a lower version      evidence-older
//   other bytes of the same version, or nothing that shows them newer      lock-digest
//   no lock that counts has accepted anything of the kind                  lock-absent
//
// Other bytes are newer when somebody who answered for the locked ones signed them later, or when their package states
// a higher version, and nobody of those is missing or signed earlier. A file name proves nothing: nobody signs it.

import type { ConsultedLock, LockEntry, LockSubject, LockedFile } from "../core/lock.ts";
import { PACKAGE_KEY, lockedIdentity, seriesOf } from "../core/lock.ts";
import type { Finding } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import { iso } from "../core/time.ts";
import { versionOrder } from "./lock-version.ts";
import type { VersionOrder } from "./lock-version.ts";
import type { DigestPin } from "./pins.ts";

/** Whom the findings are about, and how to accept what they complain of. */
export interface LockContext {
  /** `Subject.id`. */
  readonly subject: string;
  /** Words of this run after `boltseal verify`, each quoted for a shell, without `--lock` and `--lock-file`. */
  readonly words: readonly string[];
}

/** Of findings of one kind about one entry, and of digests: more says no more, and a hostile lock holds many. */
const MAX_SHOWN = 20;

/** What an entry says of a subject: the files that it must answer to. */
interface Reference {
  readonly files: readonly LockedFile[];
  /** They have the subject's very bytes. */
  readonly exact: boolean;
}

/**
 * Findings of all locks in force together; empty when none is in force. An entry of a lock that nobody vouched for
 * does not stand in for one that a trusted lock lacks.
 */
export function lockFindings(
  locks: readonly ConsultedLock[],
  subject: LockSubject,
  context: LockContext,
): readonly Finding[] {
  const counting = locks.some(({ trusted }) => trusted) ? locks.filter(({ trusted }) => trusted) : locks;
  const known = counting.some(({ entries }) => entries.some((entry) => referenceOf(entry, subject) !== undefined));
  const absent = known ? [] : absence(locks, counting, subject, context);
  const compared = locks.flatMap((lock) =>
    lock.entries
      .filter((entry) => referenceOf(entry, subject) !== undefined)
      .flatMap((entry) => compareWithLock(entry, subject, lock, context)),
  );
  return [...absent, ...compared];
}

function absence(
  locks: readonly ConsultedLock[],
  counting: readonly ConsultedLock[],
  subject: LockSubject,
  context: LockContext,
): readonly Finding[] {
  const lock = counting.find(({ isTarget }) => isTarget) ?? counting[0];
  if (lock === undefined) return [];
  // Where `--lock` makes a new lock, which will be trusted, no other has to be named.
  const isNamed = lock.isNamed && locks.some((other) => other.isTarget);
  return compareWithLock(undefined, subject, { source: lock.source, isNamed }, context);
}

/** The findings of one entry; `lock-absent` without one, or when it knows no file like the subject. */
export function compareWithLock(
  entry: LockEntry | undefined,
  subject: LockSubject,
  lock: Pick<ConsultedLock, "source" | "isNamed">,
  context: LockContext,
): readonly Finding[] {
  const hint = `to accept it: ${acceptCommand(lock, context.words)}`;
  const finding = (rule: RuleId, message: string, values: Pick<Finding, "expected" | "actual"> = {}): Finding => ({
    rule,
    level: RULES[rule].level,
    subject: context.subject,
    message,
    ...values,
    hint,
    file: lock.source,
    ...(entry === undefined ? {} : { line: entry.line }),
  });
  const reference = entry === undefined ? undefined : referenceOf(entry, subject);
  if (entry === undefined || reference === undefined)
    return [finding("lock-absent", `${lock.source} holds nothing like it that was accepted before`)];
  const lost = lostSigners(reference, subject).map((identity) =>
    finding(
      "lock-signer-lost",
      `${shown(identity)} answered for what ${lock.source} holds, and does not answer for this`,
      {
        expected: shown(identity),
        actual: [...timesOf([subject]).keys()].map(shown).join(", ") || "nobody",
      },
    ),
  );
  if (reference.exact) return lost;
  const digests = {
    expected: reference.files
      .slice(0, MAX_SHOWN)
      .map(({ sha256 }) => `sha256:${sha256}`)
      .join(" or "),
    ...(subject.sha256 === undefined ? {} : { actual: `sha256:${subject.sha256}` }),
  };
  if (orderOf(entry, subject) === "same") {
    const message = `version ${subject.version ?? ""} was accepted with other bytes`;
    return [...lost, finding("lock-digest", message, digests)];
  }
  const older = olderEvidence(entry, reference, subject);
  if (older.length > 0) return [...lost, ...older.map(({ message, ...v }) => finding("evidence-older", message, v))];
  if (isNewer(entry, reference, subject)) return lost;
  return [
    ...lost,
    finding("lock-digest", "the bytes are not the accepted ones, and nothing shows that they are newer", digests),
  ];
}

/**
 * The files that the subject must answer to: those with its very bytes, else those of its series. A package's name
 * stands inside the signed bytes, so there other file names count too; a rule's pattern says nothing about a file
 * of another series.
 */
function referenceOf(entry: LockEntry, { name, sha256 }: LockSubject): Reference | undefined {
  const isPackage = entry.key.startsWith(PACKAGE_KEY);
  const all = [...entry.files];
  const series = seriesOf(name);
  const alike = all.filter(([locked]) => seriesOf(locked) === series);
  const exact = (isPackage ? all : alike).filter(([, file]) => file.sha256 === sha256);
  const files = exact.length > 0 ? exact : alike.length > 0 || !isPackage ? alike : all;
  if (files.length === 0) return undefined;
  return { files: files.map(([, file]) => file), exact: exact.length > 0 };
}

/** Newest time (milliseconds) of each signer, by identity; undefined where none has one. */
function timesOf(files: readonly Pick<LockedFile, "signers">[]): ReadonlyMap<string, number | undefined> {
  const times = new Map<string, number | undefined>();
  for (const signer of files.flatMap(({ signers }) => signers)) {
    const identity = lockedIdentity(signer);
    const time = signer.time === undefined ? Number.NaN : Date.parse(signer.time);
    const known = times.get(identity);
    times.set(identity, Number.isNaN(time) ? known : Math.max(known ?? time, time));
  }
  return times;
}

/** An identity for people: the scheme is named only where the signer does not name it. */
function shown(identity: string): string {
  const at = identity.indexOf(": ");
  const [scheme, signer] = [identity.slice(0, at), identity.slice(at + 2)];
  return signer.startsWith(`${scheme} `) ? signer : `${signer} (${scheme})`;
}

function lostSigners({ files }: Reference, subject: LockSubject): readonly string[] {
  const now = timesOf([subject]);
  return [...timesOf(files).keys()].filter((identity) => !now.has(identity)).slice(0, MAX_SHOWN);
}

interface Older {
  readonly message: string;
  readonly expected: string;
  readonly actual: string;
}

function olderEvidence(entry: LockEntry, { files }: Reference, subject: LockSubject): readonly Older[] {
  const now = timesOf([subject]);
  const signed = [...timesOf(files)].flatMap(([identity, before]): readonly Older[] => {
    const time = now.get(identity);
    // Of a signer that is lost something else is said already.
    if (before === undefined || !now.has(identity) || (time !== undefined && time >= before)) return [];
    const actual = time === undefined ? "no time" : iso(new Date(time));
    const what = time === undefined ? "says no longer when it signed" : "signed before what was accepted last";
    return [{ message: `${shown(identity)} ${what}`, expected: `${iso(new Date(before))} or later`, actual }];
  });
  if (orderOf(entry, subject) !== "lower") return signed.slice(0, MAX_SHOWN);
  const [locked, version] = [entry.version ?? "", subject.version ?? ""];
  const message = `version ${version} is lower than what was accepted last`;
  return [...signed.slice(0, MAX_SHOWN), { message, expected: `${locked} or higher`, actual: version }];
}

/** How the package's version stands to the accepted one. */
function orderOf({ key, version }: LockEntry, subject: LockSubject): VersionOrder {
  if (version === undefined || subject.version === undefined) return "unknown";
  return versionOrder(subject.version, version, !key.startsWith(`${PACKAGE_KEY}pypi/`));
}

/** Shown only by somebody who answered for the locked bytes: a version that nobody signed is anybody's claim. */
function isNewer(entry: LockEntry, { files }: Reference, subject: LockSubject): boolean {
  const now = timesOf([subject]);
  const again = [...timesOf(files)].filter(([identity]) => now.has(identity));
  if (again.length === 0) return false;
  if (orderOf(entry, subject) === "higher") return true;
  return again.some(([identity, time]) => time !== undefined && (now.get(identity) ?? -Infinity) > time);
}

/** The command of this run, so that it records in the lock that complains. */
function acceptCommand(lock: Pick<ConsultedLock, "source" | "isNamed">, words: readonly string[]): string {
  const which = lock.isNamed ? ["--lock-file", shellWord(lock.source)] : [];
  return ["boltseal", "verify", "--lock", ...which, ...words].join(" ");
}

/** A path as a shell takes it; a leading `~/` stays one. */
function shellWord(path: string): string {
  if (/^[\w@%+=:,./~-]+$/.test(path) && !/^-|.~/.test(path)) return path;
  const [home, rest] = path.startsWith("~/") ? ["~/", path.slice(2)] : ["", path];
  return `${home}'${rest.replaceAll("'", "'\\''")}'`;
}

/**
 * The findings of a run with `--lock`: the user accepts what the lock complains of, and the report still says what
 * that was.
 */
export function acceptedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, waived: { by: "--lock", reason: "recorded as accepted" } }));
}

/**
 * A digest that a trusted lock holds for this subject is a pin, like one of a policy: the bytes verify. Undefined for
 * other bytes: whether they are a new release or a replaced one is for `lockFindings` to say.
 */
export function pinFor(locks: readonly ConsultedLock[], subject: LockSubject): DigestPin | undefined {
  const lock = locks.find(
    ({ trusted, entries }) => trusted && entries.some((entry) => referenceOf(entry, subject)?.exact === true),
  );
  if (lock === undefined || subject.sha256 === undefined) return undefined;
  const digest = { algorithm: "sha256", hex: subject.sha256, from: "declared" } as const;
  return { digests: [digest], anyOf: true, source: lock.source };
}
