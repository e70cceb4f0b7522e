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
  "bundle-unsigned": {
    level: "unknown",
    title: "the bundle carries no signature",
    why: "Nobody answers for an unsigned bundle: whoever hosts it can replace it.",
    fix: "Ask the publisher for a signed bundle, or for a detached signature or signed checksum list.",
    waivable: true,
  },
  "bundle-malformed": {
    level: "reject",
    title: "the archive means different things to different readers",
    why: "Hidden entries, doubled names, links and headers that disagree make one program check other files than another one runs.",
    fix: "Do not install it. Obtain the file again, or ask the publisher to pack it with a plain zip or tar program.",
    waivable: false,
  },
  "bundle-unsupported": {
    level: "unknown",
    title: "the archive uses features that cannot be checked here",
    why: "What cannot be read to its end cannot be vouched for.",
    fix: "Ask the publisher for an archive without these features.",
    waivable: true,
  },
  "manifest-invalid": {
    level: "reject",
    title: "the manifest inside does not follow its schema",
    why: "Clients read such a manifest differently, or not at all.",
    fix: "Ask the publisher for a bundle whose manifest passes the schema of its manifest_version.",
    waivable: true,
  },
  "package-mismatch": {
    level: "reject",
    title: "the package inside is not the one that was asked for",
    why: "A package that carries another name or version was mixed up, or is put forward in place of the right one.",
    fix: "Compare name and version in the report with what you wanted, and obtain the right file.",
    waivable: false,
  },
  "signature-comment-restored": {
    level: "note",
    title: "the signature is valid once the archive's comment length is set back",
    why: "The signing tool wrote the length of the signature block into the archive after it had signed: two bytes differ from the signed ones.",
    fix: "None needed; a newer signing tool does it the other way round.",
    waivable: true,
  },
  "trust-root-old": {
    level: "warn",
    title: "the keys of the transparency log are old",
    why: "Keys that were replaced or withdrawn since are not known here.",
    fix: "Update boltseal, or fetch the present keys with boltseal verify --refresh-trust.",
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
  "server-json-malformed": {
    level: "reject",
    title: "the server.json cannot be used",
    why: "A description of a server that leaves room for more than one meaning proves nothing.",
    fix: "Obtain server.json from the MCP registry again, or tell its publisher.",
    waivable: false,
  },
  "server-name-mismatch": {
    level: "reject",
    title: "the package does not claim the server's name",
    why: "Anyone can publish a server.json that names somebody else's package; the package must name the server, too.",
    fix: "Do not install it under this name. Ask the publisher of the package which name it has.",
    waivable: false,
  },
  "server-owner-mismatch": {
    level: "reject",
    title: "the server's namespace and its repository have different owners",
    why: "A name like io.github.acme belongs to whoever owns that account, and the code comes from another one.",
    fix: "Compare both owners with the publisher's own pages.",
    waivable: true,
  },
  "server-type-mismatch": {
    level: "reject",
    title: "the file is not of the type that server.json declares",
    why: "A program that is declared as an archive is run by whoever opens it.",
    fix: "Do not open it. Obtain the file again.",
    waivable: false,
  },
  "server-deleted": {
    level: "reject",
    title: "the registry has withdrawn the server",
    why: "Servers are withdrawn for malware and stolen names, too.",
    fix: "Do not install it before you know why it was withdrawn.",
    waivable: true,
  },
  "lock-signer-lost": {
    level: "reject",
    title: "who vouched last time does not vouch now",
    why: "A signature that is gone, or by somebody else, is what a stolen account or a replaced file looks like.",
    fix: "Ask the publisher over another channel why. When it is right, accept it with --lock.",
    waivable: true,
  },
  "evidence-older": {
    level: "reject",
    title: "the evidence is older than what was accepted last",
    why: "An old release with a valid signature is a way to bring back a hole that was closed.",
    fix: "Obtain the present release. When you want the older one, accept it with --lock.",
    waivable: true,
  },
  "lock-digest": {
    level: "reject",
    title: "other bytes than the locked ones",
    why: "The same version with other bytes was built anew or replaced, and where no signed time orders the two, the other bytes may be the older ones.",
    fix: "Ask the publisher why the bytes changed. When it is right, accept them with --lock.",
    waivable: true,
  },
  "lock-absent": {
    level: "unknown",
    title: "a lock is in force and does not know this artifact",
    why: "What was never accepted cannot be compared with what was accepted.",
    fix: "Look at the evidence, and record it with --lock.",
    waivable: true,
  },
  "lock-untrusted": {
    level: "note",
    title: "a lock was found that nobody vouched for",
    why: "It adds demands, and what it holds is no evidence.",
    fix: "Read it, then run boltseal trust boltseal.lock, or name it with --lock-file.",
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
  "integrity-conflict": {
    level: "reject",
    title: "the same package has two different digests",
    why: "One of the two copies is not what its publisher released under that version; tools that merge them hide it.",
    fix: "Find out which digest the publisher's registry has. Remove the other copy and lock again.",
    waivable: false,
  },
  "integrity-malformed": {
    level: "reject",
    title: "what is stated as a digest is none",
    why: "A digest of the wrong length or alphabet can never match, and installers that ignore it check nothing.",
    fix: "Make the file anew with the tool that wrote it, and compare.",
    waivable: false,
  },
  "integrity-missing": {
    level: "warn",
    title: "components have no digest",
    why: "Without a digest nobody can tell whether what is installed is what was locked.",
    fix: "Lock again with a current version of the package manager; what comes from git is pinned by a full commit.",
    waivable: true,
  },
  "integrity-weak": {
    level: "warn",
    title: "components have only a broken digest (MD5, SHA-1)",
    why: "Two files with the same MD5 or SHA-1 can be made at a price that attackers pay.",
    fix: "Lock again with a current version of the package manager, so that SHA-256 or SHA-512 is recorded.",
    waivable: true,
  },
  "component-malformed": {
    level: "reject",
    title: "a component's name, version or place is not one that its ecosystem has",
    why: "Control characters, impossible names and paths that lead outside are used to show one thing and install another.",
    fix: "Do not install from it. Make the file anew with the tool that wrote it, and compare.",
    waivable: false,
  },
  "purl-mismatch": {
    level: "reject",
    title: "a package URL contradicts the component's name or version",
    why: "Programs that match by name and programs that match by package URL would see two different packages.",
    fix: "Make the SBOM anew; if it still contradicts itself, tell the author of its generator.",
    waivable: false,
  },
  "inventory-incomplete": {
    level: "unknown",
    title: "the inventory is not complete",
    why: "Something is asked for and not found, or could not be read: what is missing would look like what is not there.",
    fix: "Install or lock again, so that lockfile and project agree.",
    waivable: true,
  },
  "inventory-empty": {
    level: "unknown",
    title: "the source names no component",
    why: "An empty list passes every comparison; it usually means that the wrong file was read.",
    fix: "Name the lockfile or folder that holds the dependencies. A project that really has none needs a waiver.",
    waivable: true,
  },
  "installed-differs": {
    level: "reject",
    title: "what is installed contradicts its lockfile",
    why: "What runs is what lies on the disk, whatever the lockfile says.",
    fix: "Install from the lockfile again (npm ci, uv sync) and see whether the difference comes back.",
    waivable: true,
  },
  "installed-extraneous": {
    level: "warn",
    title: "packages are installed that no lockfile knows",
    why: "Nobody reviewed them, and whatever loads by name may find them first.",
    fix: "Remove them (npm prune), or add them to the project.",
    waivable: true,
  },
  "installed-missing": {
    level: "warn",
    title: "packages are locked and not installed",
    why: "The SBOM speaks of the lockfile; what runs here is less, or something else.",
    fix: "Install from the lockfile (npm ci, uv sync).",
    waivable: true,
  },
  "secret-removed": {
    level: "warn",
    title: "an address with a user name, password or token was found",
    why: "Whoever reads the file can use it. It is not copied into the SBOM.",
    fix: "Revoke the credential, and keep credentials in the configuration of the package manager.",
    waivable: true,
  },
  "sbom-invalid": {
    level: "warn",
    title: "an SBOM breaks its own specification",
    why: "Other programs will refuse it or read it differently.",
    fix: "Make it anew with a current generator; if it is still invalid, tell its author.",
    waivable: true,
  },
  "sbom-quality": {
    level: "reject",
    title: "an SBOM lacks fields that were asked for",
    why: "--quality names the minimum that recipients of the SBOM may demand.",
    fix: "Add what is missing: --author, --manufacturer and --timestamp complete the document, package metadata the rest.",
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
