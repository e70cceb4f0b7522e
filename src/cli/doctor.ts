// `boltseal doctor`: which policies, signers and keys are in force here, and why.

import { printable, printableJson } from "../core/printable.ts";
import type { Pin } from "../core/signer.ts";
import { readKeyFiles } from "../policy/keys.ts";
import type { Policy } from "../policy/types.ts";
import { readKeyRing } from "../verify/openpgp-keys.ts";
import { trustNobody } from "../verify/signed.ts";
import type { Command } from "./command.ts";
import { policyInForce } from "./policy-flag.ts";

const NO_KEY = "no key in a policy's key file: it must be passed with --key, or lie beside the artifact";

function describePin(pin: Pin): string {
  const limits = [
    pin.revoked === undefined ? undefined : `revoked: ${pin.revoked}`,
    pin.notBefore === undefined ? undefined : `from ${pin.notBefore}`,
    pin.notAfter === undefined ? undefined : `until ${pin.notAfter}`,
    pin.allowWeak === undefined ? undefined : `weak allowed until ${pin.allowWeak.expires}: ${pin.allowWeak.reason}`,
  ].filter((limit) => limit !== undefined);
  return `${pin.scheme} ${pin.identity.toUpperCase()}${limits.length === 0 ? "" : ` (${limits.join(", ")})`}`;
}

/** Where the key of each pin is, by fingerprint: what a policy pins is of no use without the key itself. */
function keysAtHand(policy: Policy, now: Date): { where: ReadonlyMap<string, string>; problems: readonly string[] } {
  const { copies, remarks } = readKeyRing({ ...trustNobody(now, now), policyKeys: readKeyFiles(policy) });
  const where = copies.flatMap(({ fingerprints, source }) => fingerprints.map((f) => [f, source] as const));
  return {
    where: new Map(where),
    problems: remarks.map(({ rule, message, file }) => `${rule}: ${file ?? ""}: ${message}`),
  };
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}\n`;
}

function describe(policy: Policy, keys: ReadonlyMap<string, string>, keyProblems: readonly string[]): string {
  const policies = policy.sources.flatMap((source) => [
    `${source.path} (${source.level}): ${source.vouched ?? "nobody vouched for it: it may only add demands"}`,
    `  sha256 ${source.sha256}`,
    ...source.ignored.map((what) => `  ignored: ${what}`),
  ]);
  const signers = policy.signers.flatMap((signer) => [
    `${signer.name}, from ${signer.definedIn}`,
    ...signer.pins.flatMap((pin) => {
      const file = keys.get(pin.identity);
      return [`  ${describePin(pin)}`, `    ${file === undefined ? NO_KEY : `key in ${file}`}`];
    }),
  ]);
  const demands = policy.artifacts.map((rule) => {
    const who = rule.signers.length === 0 ? "any trusted signer" : rule.signers.join(", ");
    const signed = rule.threshold === 0 ? "" : `: ${rule.threshold} of ${who}`;
    return `${rule.match}${signed}, from ${rule.definedIn}:${rule.line}`;
  });
  const raised = [...policy.rules].map(([rule, level]) => `${rule} → ${level}`);
  const waivers = policy.waivers.map(
    (w) => `${w.rule} for ${w.subject} until ${w.expires}: ${w.reason}, from ${w.definedIn}:${w.line}`,
  );
  const problems = [...policy.findings.map(({ rule, message }) => `${rule}: ${message}`), ...keyProblems];
  const sections = [
    section("policies in force, highest authority first", policies.length > 0 ? policies : ["none: only flags decide"]),
    section("signers", signers),
    section("demands on artifacts", demands),
    section("raised rules", raised),
    section("waivers", waivers),
    section("problems", problems),
  ];
  return `${sections.join("").trimEnd()}\n`;
}

function json(policy: Policy, keys: ReadonlyMap<string, string>, keyProblems: readonly string[]): string {
  const { sources, artifacts, rules, waivers, findings } = policy;
  const signers = policy.signers.map(({ name, pins, definedIn }) => ({
    name,
    definedIn,
    pins: pins.map((pin) => ({ ...pin, keyFile: keys.get(pin.identity) ?? null })),
  }));
  const document = {
    schemaVersion: 1,
    policies: sources,
    signers,
    artifacts,
    rules: Object.fromEntries(rules),
    waivers,
    findings,
    keyProblems,
  };
  return `${printableJson(JSON.stringify(document, null, 2))}\n`;
}

export const doctor: Command = async (args, world) => {
  const policy = await policyInForce(args, world);
  const { where, problems } = keysAtHand(policy, world.now());
  return { text: args.flag("json") ? json(policy, where, problems) : describe(policy, where, problems) };
};
