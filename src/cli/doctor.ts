// `boltseal doctor`: which policies, locks, signers and keys are in force here, and why.

import { join } from "node:path";
import { printable, printableJson } from "../core/printable.ts";
import type { PolicySource } from "../core/report.ts";
import type { Pin } from "../core/signer.ts";
import { iso } from "../core/time.ts";
import { readKeyFiles } from "../policy/keys.ts";
import { loadLocks } from "../policy/lock.ts";
import type { Locks } from "../policy/lock.ts";
import { PINS } from "../policy/pins.ts";
import type { PinNotation } from "../policy/pins.ts";
import type { Policy } from "../policy/types.ts";
import { openpgp } from "../verify/openpgp.ts";
import { readKeyRing } from "../verify/openpgp-keys.ts";
import { schemeOfKey } from "../verify/schemes.ts";
import { rootsAtHand } from "../verify/setting.ts";
import { readTrustRoots } from "../verify/sigstore-roots.ts";
import { trustNobody } from "../verify/signed.ts";
import type { Command } from "./command.ts";
import { policyInForce } from "./policy-flag.ts";
import type { World } from "./world.ts";

const NO_KEY = "no key in a policy's key file: it must be passed with --key, or lie beside the artifact";

function describePin(pin: Pin): string {
  const { shown }: PinNotation = PINS[pin.scheme];
  const limits = [
    pin.issuer === undefined ? undefined : `issuer ${pin.issuer}`,
    pin.repositoryId === undefined ? undefined : `repository id ${pin.repositoryId}`,
    pin.ownerId === undefined ? undefined : `owner id ${pin.ownerId}`,
    pin.namespace === undefined ? undefined : `namespace ${pin.namespace}`,
    pin.revoked === undefined ? undefined : `revoked: ${pin.revoked}`,
    pin.notBefore === undefined ? undefined : `from ${pin.notBefore}`,
    pin.notAfter === undefined ? undefined : `until ${pin.notAfter}`,
    pin.allowWeak === undefined ? undefined : `weak allowed until ${pin.allowWeak.expires}: ${pin.allowWeak.reason}`,
  ].filter((limit) => limit !== undefined);
  const identity = shown?.(pin.identity) ?? pin.identity;
  return `${pin.scheme} ${identity}${limits.length === 0 ? "" : ` (${limits.join(", ")})`}`;
}

/** Where the key of a pin is, as a clause. */
function describeKey({ scheme, identity }: Pin, keys: ReadonlyMap<string, string>): string {
  const file = keys.get(identity);
  return PINS[scheme].keyFrom ?? (file === undefined ? NO_KEY : `key in ${file}`);
}

/** Where the key of each OpenPGP pin is, by fingerprint: what a policy pins is of no use without the key itself. */
function keysAtHand(policy: Policy, now: Date): { where: ReadonlyMap<string, string>; problems: readonly string[] } {
  const policyKeys = readKeyFiles(policy).filter(({ bytes }) => [openpgp, undefined].includes(schemeOfKey(bytes)));
  const { copies, remarks } = readKeyRing({ ...trustNobody(now, now), policyKeys });
  const where = copies.flatMap(({ fingerprints, source }) => fingerprints.map((f) => [f, source] as const));
  return {
    where: new Map(where),
    problems: remarks.map(({ rule, message, file }) => `${rule}: ${file ?? ""}: ${message}`),
  };
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}\n`;
}

function describeSource(source: PolicySource): readonly string[] {
  return [
    `${source.path} (${source.level}): ${source.vouched ?? "nobody vouched for it: it may only add demands"}`,
    `  sha256 ${source.sha256}`,
    ...source.ignored.map((what) => `  ignored: ${what}`),
  ];
}

const DAY_MS = 86_400_000;

/** The keys of transparency logs and registries that offline verification goes by, and how old they are. */
interface Roots {
  readonly source: string;
  /** ISO 8601. */
  readonly date: string;
  readonly dateOf: string;
  readonly daysOld: number;
}

async function rootsInForce({ userDir, now }: Pick<World, "userDir" | "now">): Promise<Roots> {
  const readRoots = await rootsAtHand(join(userDir, "trust-roots.json"));
  const file = readRoots();
  const { date, dateOf } = readTrustRoots(file);
  if (date === undefined) throw new Error("keys without a date");
  const daysOld = Math.floor((now().getTime() - date.getTime()) / DAY_MS);
  return { source: file.source, date: iso(date), dateOf, daysOld };
}

/** Everything that is shown. */
interface InForce {
  readonly roots: Roots;
  readonly policy: Policy;
  readonly locks: Locks;
  readonly keys: ReadonlyMap<string, string>;
  readonly keyProblems: readonly string[];
}

function describe({ policy, locks, keys, keyProblems, roots }: InForce): string {
  const policies = policy.sources.flatMap(describeSource);
  const lockLines = locks.sources.flatMap((source, index) => {
    const size = locks.files[index]?.entries.size ?? 0;
    return [...describeSource(source), `  ${size} ${size === 1 ? "entry" : "entries"}`];
  });
  const signers = policy.signers.flatMap((signer) => [
    `${signer.name}, from ${signer.definedIn}`,
    ...signer.pins.flatMap((pin) => [`  ${describePin(pin)}`, `    ${describeKey(pin, keys)}`]),
  ]);
  const demands = policy.artifacts.map((rule) => {
    const who = rule.signers.length === 0 ? "any trusted signer" : rule.signers.join(", ");
    const signed = rule.threshold === 0 ? "" : `: ${rule.threshold} of ${who}`;
    const kinds = rule.evidence.length === 0 ? "" : `, with ${rule.evidence.join(" and ")}`;
    return `${rule.match}${signed}${kinds}, from ${rule.definedIn}:${rule.line}`;
  });
  const raised = [...policy.rules].map(([rule, level]) => `${rule} → ${level}`);
  const waivers = policy.waivers.map(
    (w) => `${w.rule} for ${w.subject} until ${w.expires}: ${w.reason}, from ${w.definedIn}:${w.line}`,
  );
  const findings = [...policy.findings, ...locks.findings];
  const problems = [...findings.map(({ rule, message }) => `${rule}: ${message}`), ...keyProblems];
  const sections = [
    section("policies in force, highest authority first", policies.length > 0 ? policies : ["none: only flags decide"]),
    section("locks in force", lockLines),
    section("signers", signers),
    section("demands on artifacts", demands),
    section("raised rules", raised),
    section("waivers", waivers),
    section("keys of Sigstore and npm", [
      roots.source,
      `  ${roots.daysOld} days old: ${roots.dateOf} at ${roots.date}`,
    ]),
    section("problems", problems),
  ];
  return `${sections.join("").trimEnd()}\n`;
}

function json({ policy, locks, keys, keyProblems, roots }: InForce): string {
  const { sources, artifacts, rules, waivers } = policy;
  const signers = policy.signers.map(({ name, pins, definedIn }) => ({
    name,
    definedIn,
    pins: pins.map((pin) => ({
      ...pin,
      ...(PINS[pin.scheme].keyFrom === undefined ? { keyFile: keys.get(pin.identity) ?? null } : {}),
    })),
  }));
  const document = {
    schemaVersion: 1,
    policies: sources,
    locks: locks.sources.map((source, index) => ({
      ...source,
      entries: [...(locks.files[index]?.entries.keys() ?? [])],
    })),
    signers,
    artifacts,
    rules: Object.fromEntries(rules),
    waivers,
    findings: [...policy.findings, ...locks.findings],
    keyProblems,
    trustRoots: roots,
  };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}

export const doctor: Command = async (args, world) => {
  const policy = await policyInForce(args, world);
  const { cwd, machineDir, userDir, home } = world;
  const locks = await loadLocks({ cwd, machineDir, userDir, home, now: world.now(), record: false }, policy);
  const { where, problems } = keysAtHand(policy, world.now());
  const found = { policy, locks, keys: where, keyProblems: problems, roots: await rootsInForce(world) };
  return { text: args.flag("json") ? json(found) : describe(found) };
};
