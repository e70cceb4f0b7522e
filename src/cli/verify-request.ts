// From the arguments of `boltseal verify` to a request: every value is checked before anything is read.

import { join } from "node:path";
import { parseDigests } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { loadLocks } from "../policy/lock.ts";
import { parseTime } from "../policy/time.ts";
import { EVIDENCE_FLAGS } from "../verify/flags.ts";
import type { NamedFile } from "../verify/flags.ts";
import type { VerifyRequest } from "../verify/job.ts";
import type { CertificateIdentity } from "../verify/scheme.ts";
import type { Arguments } from "./command.ts";
import { isFileHere } from "./parse.ts";
import { policyInForce } from "./policy-flag.ts";
import type { World } from "./world.ts";

/** A full fingerprint, written with or without blanks and 0x. @throws UserError `usage` */
function parseFingerprint(text: string): string {
  // As ssh-keygen -l prints it: the same 32 bytes in base64.
  const ssh = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text)?.[1];
  if (ssh !== undefined) return Buffer.from(ssh, "base64").toString("hex");
  const hex = text
    .replaceAll(/[\s:]/g, "")
    .replace(/^(?:0x|sha256)/i, "")
    .toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex)) return hex;
  const short = /^[0-9a-f]{8,39}$/.test(hex);
  throw new UserError(
    "usage",
    `--fingerprint ${text}: ${short ? "a short key id can be forged" : "not a fingerprint"}`,
    {
      hint: "give all 40 or 64 hex digits: gpg --show-keys --with-fingerprint FILE, or SHA256:… of ssh-keygen -lf FILE",
    },
  );
}

function parseThreshold(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new UserError("usage", `--threshold ${text}: not a whole number of at least 1`);
}

function parseAt(text: string | undefined, world: World): Date {
  if (text === undefined) return world.now();
  const time = parseTime(text);
  if (time === undefined)
    throw new UserError("usage", `--at ${text}: not a time`, { hint: "write 2027-01-31 or 2027-01-31T12:00:00Z" });
  return new Date(time);
}

/** Both or neither: an identity means nothing without who vouches for it. @throws UserError `usage` */
function parseIdentities(args: Arguments): readonly CertificateIdentity[] {
  const san = args.value("certificate-identity");
  const issuer = args.value("certificate-oidc-issuer");
  if (san === undefined && issuer === undefined) return [];
  if (san === undefined || issuer === undefined) {
    const missing = san === undefined ? "identity" : "oidc-issuer";
    throw new UserError("usage", `--certificate-${missing} is missing`, {
      hint: "an identity counts together with its issuer: give both",
    });
  }
  return [{ san, issuer }];
}

function evidenceFiles(args: Arguments): readonly NamedFile[] {
  const flags = Object.keys(EVIDENCE_FLAGS) as (keyof typeof EVIDENCE_FLAGS)[];
  return flags.flatMap((flag) => args.values(flag).map((path) => ({ path, flag })));
}

/** What these speak of is one artifact. Whether a folder holds more than one is seen later. */
const FOR_ONE = ["as", "digest", "output", "server-json", "npm-signature"] as const;

function refuseManyFor(args: Arguments): void {
  if (args.operands.length <= 1) return;
  for (const option of FOR_ONE) {
    if (args.values(option).length > 0)
      throw new UserError("usage", `--${option} speaks of one artifact, and ${args.operands.length} were given`);
  }
}

/** Members for the options that were given. */
function optional<Name extends string>(
  args: Arguments,
  options: Readonly<Record<Name, string>>,
): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {};
  for (const name of Object.keys(options) as Name[]) {
    const value = args.value(options[name]);
    if (value !== undefined) given[name] = value;
  }
  return given;
}

/** @throws UserError `usage` */
function refuseNothing(args: Arguments): void {
  const from = args.value("from");
  if (from !== undefined && args.operands.length > 0)
    throw new UserError("usage", "--from downloads the artifact, so no other can be named");
  if (args.operands.length > 0 || from !== undefined) return;
  throw new UserError("usage", "missing argument: <artifact...>", { hint: "boltseal verify --help shows how" });
}

const ORIGIN = /^(?:npm:|https?:\/\/)/i;

/** Without what may be a secret: user name, password, query. */
function shownOrigin(word: string): string {
  return word.replace(/\/\/[^/]*@/, "//").replace(/[?#].*$/s, "");
}

/** What is neither a package nor a URL, such as `@acme/server@1.2.0` without `npm:`. @throws UserError `usage` */
function refuseUnknownOrigin(from: string | undefined): void {
  if (from === undefined || from.startsWith("npm:") || /^[a-z]+:\/\//i.test(from)) return;
  const isReference = /^(?:@[^@/:]+\/)?[^@/:]+@[^@/:]+$/.test(from);
  throw new UserError("usage", `--from ${from}: neither npm:NAME@VERSION nor an https URL`, {
    ...(isReference ? { hint: `did you mean npm:${from}?` } : {}),
  });
}

/** An artifact that is there to be downloaded, and no file. @throws UserError `usage` */
function refuseOperandsToFetch(args: Arguments, cwd: string): void {
  for (const word of args.operands) {
    if (!ORIGIN.test(word) || isFileHere(word, cwd)) continue;
    throw new UserError("usage", `${shownOrigin(word)}: no such file`, {
      hint: "to download it, write --from before it",
    });
  }
}

async function locksInForce(args: Arguments, world: World, policy: LoadedPolicy): Promise<VerifyRequest["locks"]> {
  const flag = args.value("lock-file");
  const { cwd, machineDir, userDir, home } = world;
  const places = { cwd, machineDir, userDir, home, ...(flag === undefined ? {} : { flag }) };
  return loadLocks({ ...places, record: args.flag("lock"), now: world.now() }, policy);
}

export function networkOf(args: Arguments, world: World): VerifyRequest["network"] {
  const onRequest = (shown: string): void => world.writeErr(`fetching ${printable(shown)}\n`);
  return {
    connection: {
      offline: args.flag("offline"),
      allowedHosts: args.values("host"),
      // Without its port: a name stands for an address.
      allowPrivate: args.values("host").map((host) => host.replace(/:[0-9]+$/, "")),
      ...(args.flag("verbose") ? { onRequest } : {}),
    },
    npm: { env: world.env, home: world.home, execPath: world.execPath },
  };
}

/** Words of the command line, so that a shell reads them as they are; without those that say what a lock does. */
function quotedWords(argv: readonly string[]): readonly string[] {
  const words = argv.slice(1);
  const dashes = words.indexOf("--");
  const kept = words.filter((word, index) => {
    if (dashes !== -1 && index > dashes) return true;
    if (word === "--lock" || word === "--lock-file" || word.startsWith("--lock-file=")) return false;
    return words[index - 1] !== "--lock-file";
  });
  return kept.map((word) => (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
}

/** @throws UserError `usage`, and for policies and locks that cannot be used */
export async function requestOf(args: Arguments, world: World): Promise<VerifyRequest> {
  refuseNothing(args);
  refuseUnknownOrigin(args.value("from"));
  refuseOperandsToFetch(args, world.cwd);
  refuseManyFor(args);
  const threshold = parseThreshold(args.value("threshold"));
  const as = args.value("as");
  const output = args.value("output");
  for (const digest of args.values("digest")) parseDigests(digest);
  const at = parseAt(args.value("at"), world);
  const policy = await policyInForce(args, world);
  return {
    artifacts: args.operands,
    signatures: evidenceFiles(args),
    keys: args.values("key"),
    fingerprints: args.values("fingerprint").map(parseFingerprint),
    identities: parseIdentities(args),
    authorities: args.values("ca-file"),
    namespace: args.value("namespace") ?? "file",
    checksums: args.values("checksums"),
    digests: args.values("digest"),
    at,
    now: world.now(),
    clockSet: args.value("at") !== undefined,
    allowIntegrityOnly: args.flag("allow-integrity-only"),
    allowRenamed: args.flag("allow-renamed"),
    all: args.flag("all"),
    ...(threshold === undefined ? {} : { threshold }),
    lock: args.flag("lock"),
    ...optional(args, { trustedRoot: "trusted-root", serverJson: "server-json", lockFile: "lock-file", from: "from" }),
    ...(as === undefined ? {} : { as }),
    ...(output === undefined ? {} : { output }),
    policy,
    locks: await locksInForce(args, world, policy),
    words: quotedWords(world.argv),
    refreshedRoots: join(world.userDir, "trust-roots.json"),
    network: networkOf(args, world),
  };
}
