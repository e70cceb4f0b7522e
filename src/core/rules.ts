// The one table of rules. A finding names a rule; its level, title, help and whether it can be
// waived stand here and in docs/rules.md (a test compares the two).

import type { Level } from "./report.ts";

export interface Rule {
  /** Level unless the command has a reason written in design terms to give another (see verify/levels.ts). */
  readonly level: Level;
  /** What is wrong, as a noun phrase. */
  readonly title: string;
  /** Why it matters, and what to do: one or two sentences each. */
  readonly why: string;
  readonly fix: string;
  /** False where a waiver would turn an attack into a pass. */
  readonly waivable: boolean;
}

/** Every rule. Add one here, a heading in docs/rules.md and a transcript that shows it. */
export const RULES = {
  "digest-mismatch": {
    level: "reject",
    title: "the bytes differ from the stated digest",
    why: "The file is not the one that the list, pin or policy speaks of: it is damaged, another version, or replaced.",
    fix: "Do not run it. Download it again from the publisher; if it still differs, tell the publisher.",
    waivable: false,
  },
  "signature-invalid": {
    level: "reject",
    title: "a signature is not valid for these bytes",
    why: "The bytes, the signature or both were changed after signing, or the signature belongs to another file.",
    fix: "Check that the signature belongs to exactly this file and version, and download both again.",
    waivable: false,
  },
  "signature-malformed": {
    level: "reject",
    title: "a signature file is malformed",
    why: "Text or packets outside the signature are a known way to make two programs see two different things.",
    fix: "Obtain the signature again. A detached signature is needed: gpg --detach-sign, not gpg --sign.",
    waivable: false,
  },
  "signature-revoked": {
    level: "reject",
    title: "the signing key is revoked",
    why: "Its owner, or your policy, declared that signatures by this key must no longer be believed, whatever date they claim.",
    fix: "Look for a release signed by the publisher's new key and compare its fingerprint over another channel.",
    waivable: false,
  },
  "signature-expired": {
    level: "reject",
    title: "the signature has expired, or its key had expired at signing",
    why: "The signer limited how long the signature may be believed, and that time is over.",
    fix: "Obtain a newer signature from the publisher. --at TIME judges as of another time and says so in the report.",
    waivable: true,
  },
  "signature-weak": {
    level: "reject",
    title: "the signature uses broken or too small cryptography",
    why: "MD5, SHA-1, DSA and RSA below 2048 bits can be forged at a price that attackers pay.",
    fix: "Ask the publisher for a signature by a current key. A signer in the policy may carry allowWeak with a reason and an end date.",
    waivable: true,
  },
  "signature-untrusted": {
    level: "unknown",
    title: "the signature is not by a trusted signer",
    why: "Anyone can sign anything; a signature proves something only when its key is one that you chose.",
    fix: "Obtain the publisher's key over another channel, compare its full fingerprint, and name it with --key, --fingerprint or in the policy.",
    waivable: true,
  },
  "signature-unsupported": {
    level: "unknown",
    title: "the signature uses a scheme or algorithm that cannot be checked here",
    why: "What cannot be checked proves nothing, and is not called bad either.",
    fix: "Use another form of evidence from the publisher, or check this one with the tool that made it.",
    waivable: true,
  },
  "signature-missing": {
    level: "unknown",
    title: "no signature where one is demanded",
    why: "Without a signature nobody answers for these bytes.",
    fix: "Pass the publisher's signature with --signature, or its signed checksum list with --checksums.",
    waivable: true,
  },
  "threshold-unmet": {
    level: "reject",
    title: "fewer trusted signers than demanded",
    why: "The policy or --threshold asks that several people answer for this file.",
    fix: "Obtain the missing signatures; the report lists who has signed.",
    waivable: true,
  },
  "checksum-not-listed": {
    level: "unknown",
    title: "the checksum list does not name this file",
    why: "A list says nothing about files that it does not name.",
    fix: "Check the file's name; --as NAME looks it up under another name.",
    waivable: true,
  },
  "checksum-ambiguous": {
    level: "reject",
    title: "the checksum list names this file with several digests",
    why: "Which of the entries is meant cannot be told, so a harmless and a harmful file could both pass.",
    fix: "Ask the publisher for a correct list, or name the entry's full path with --as.",
    waivable: false,
  },
  "checksum-malformed": {
    level: "reject",
    title: "a checksum list is malformed",
    why: "A signed list with unreadable lines, or with text outside its signature, may mean something else to another program.",
    fix: "Obtain the list again from the publisher.",
    waivable: false,
  },
  "checksum-weak": {
    level: "reject",
    title: "the stated digest is MD5 or SHA-1",
    why: "Two different files with the same MD5 or SHA-1 can be made on purpose.",
    fix: "Use a list or digest with SHA-256 or better.",
    waivable: true,
  },
  "checksum-unsupported": {
    level: "unknown",
    title: "the stated digest uses an algorithm that cannot be computed here",
    why: "What cannot be computed cannot be compared.",
    fix: "Use a list or digest with SHA-256, SHA-512 or BLAKE2b-512.",
    waivable: true,
  },
  "integrity-only": {
    level: "unknown",
    title: "the digest agrees, but nobody signed the list",
    why: "Whoever can replace the file can replace a list that lies beside it: the two agree, and nobody answers for either.",
    fix: "Pass the list's signature, or state with --allow-integrity-only that the list came over a trusted channel.",
    waivable: true,
  },
  renamed: {
    level: "unknown",
    title: "the digest is listed under another name",
    why: "The bytes are ones the signer listed, but perhaps not the file that you asked for: an older version, or another platform.",
    fix: "Compare the names in the report; --as NAME or --allow-renamed accepts.",
    waivable: true,
  },
  "evidence-missing": {
    level: "unknown",
    title: "nothing vouches for this file",
    why: "No signature, no checksum list and no digest was named or found, so nothing was proved.",
    fix: "Pass --signature with --key, --checksums, or --digest; see boltseal verify --help.",
    waivable: true,
  },
  "input-unreadable": {
    level: "unknown",
    title: "a file could not be read",
    why: "What could not be read was not checked.",
    fix: "See the message; everything else was still checked.",
    waivable: false,
  },
  "input-changed": {
    level: "unknown",
    title: "the file changed while it was being read",
    why: "The bytes that were checked are not the bytes that are there now.",
    fix: "Wait until the download is complete, and check again.",
    waivable: false,
  },
  "key-unusable": {
    level: "warn",
    title: "a key in the key file cannot be used",
    why: "Signatures by this key are not recognised.",
    fix: "Export the key again from a current program: gpg --export FINGERPRINT.",
    waivable: true,
  },
  "key-expired": {
    level: "warn",
    title: "the key has expired since it signed",
    why: "The signature was made while the key was valid, by its own word; new releases must be signed by a newer key.",
    fix: "Refresh the publisher's key, and expect the next release under a current one.",
    waivable: true,
  },
  "key-refreshed": {
    level: "warn",
    title: "the key's self-signature is newer than the signature",
    why: "The owner renewed the key after signing, and this copy holds only the renewal: whether the key was valid when it signed cannot be seen, only that its owner stands by it now.",
    fix: "None needed where you expect it: GnuPG replaces the old self-signature when it extends a key's expiry.",
    waivable: true,
  },
  "signature-text-mode": {
    level: "note",
    title: "the signature covers text, not bytes",
    why: "Files that differ in line ends alone have the same text-mode signature.",
    fix: "Ask the publisher for binary signatures (gpg --detach-sign without --textmode).",
    waivable: true,
  },
  "signature-surrounded": {
    level: "warn",
    title: "there is text around the signature block",
    why: "No signature covers that text: do not believe it.",
    fix: "None needed for this check; ask the publisher for a bare .asc file.",
    waivable: true,
  },
  "checksum-format": {
    level: "note",
    title: "the checksum list is written unusually",
    why: "The list was read, but other programs may refuse it.",
    fix: "None needed.",
    waivable: true,
  },
  "checksum-junk": {
    level: "warn",
    title: "lines of the checksum list could not be read",
    why: "The list holds text that is no checksum; in a signed list this would be refused.",
    fix: "Look at the named lines.",
    waivable: true,
  },
  "clock-set": {
    level: "note",
    title: "judged as of another time",
    why: "--at moved the clock that expiry is measured with.",
    fix: "Leave --at out to judge as of now.",
    waivable: true,
  },
  "policy-untrusted": {
    level: "warn",
    title: "parts of a project policy were ignored because nobody vouched for it",
    why: "A policy that comes with the thing being checked may add demands, never grants.",
    fix: "Read the file, then run boltseal trust FILE, or name it with --policy.",
    waivable: false,
  },
  "policy-shadowed": {
    level: "note",
    title: "a signer is defined in two policies",
    why: "The definition of the higher authority counts, the other is ignored.",
    fix: "Give the two signers different names.",
    waivable: true,
  },
  "signer-undefined": {
    level: "unknown",
    title: "an artifact rule names a signer that no trusted policy defines",
    why: "A demand for an unknown signer can never be met.",
    fix: "Define the signer under signers, or vouch for the policy that defines it.",
    waivable: false,
  },
  "waiver-expired": {
    level: "warn",
    title: "a waiver has expired",
    why: "What it covered counts again, and a policy full of old exceptions hides what is in force.",
    fix: "Remove it, or renew it with a new reason.",
    waivable: false,
  },
  "waiver-unused": {
    level: "note",
    title: "a waiver covers nothing",
    why: "A waiver that is not needed may one day hide something.",
    fix: "Remove it from the policy.",
    waivable: false,
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;

export function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(RULES, text);
}

const RANK: Readonly<Record<Level, number>> = { note: 0, warn: 1, unknown: 2, reject: 3 };

/** The stricter of two levels (reject > unknown > warn > note). */
export function stricter(a: Level, b: Level): Level {
  return RANK[a] >= RANK[b] ? a : b;
}

/** Sort order of levels: worst first. */
export function byLevel(a: Level, b: Level): number {
  return RANK[b] - RANK[a];
}
