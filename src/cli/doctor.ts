// `boltseal doctor`: which policies, signers and keys are in force here, and why.

import { policyInForce } from "./policy-flag.ts";
import { printable, printableJson } from "../core/printable.ts";
import type { Pin } from "../core/signer.ts";
import type { Policy } from "../policy/types.ts";
import type { Command } from "./command.ts";

function describePin(pin: Pin): string {
  const limits = [
    pin.revoked === undefined ? undefined : `revoked: ${pin.revoked}`,
    pin.notBefore === undefined ? undefined : `from ${pin.notBefore}`,
    pin.notAfter === undefined ? undefined : `until ${pin.notAfter}`,
    pin.allowWeak === undefined ? undefined : `weak allowed until ${pin.allowWeak.expires}: ${pin.allowWeak.reason}`,
  ].filter((limit) => limit !== undefined);
  return `${pin.scheme} ${pin.identity.toUpperCase()}${limits.length === 0 ? "" : ` (${limits.join(", ")})`}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}\n`;
}

function describe(policy: Policy): string {
  const policies = policy.sources.flatMap((source) => [
    `${source.path} (${source.level}): ${source.vouched ?? "nobody vouched for it: it may only add demands"}`,
    `  sha256 ${source.sha256}`,
    ...source.ignored.map((what) => `  ignored: ${what}`),
  ]);
  const signers = policy.signers.flatMap((signer) => [
    `${signer.name}, from ${signer.definedIn}`,
    ...signer.pins.map((pin) => `  ${describePin(pin)}`),
    ...signer.keyFiles.map((path) => `  keys in ${policy.keyNames.get(path) ?? path}`),
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
  const problems = policy.findings.map((finding) => `${finding.rule}: ${finding.message}`);
  return (
    (
      section(
        "policies in force, highest authority first",
        policies.length > 0 ? policies : ["none: only flags decide"],
      ) +
      section("signers", signers) +
      section("demands on artifacts", demands) +
      section("raised rules", raised) +
      section("waivers", waivers) +
      section("problems", problems)
    ).trimEnd() + "\n"
  );
}

function json(policy: Policy): string {
  const signers = policy.signers.map(({ name, pins, definedIn }) => ({ name, pins, definedIn }));
  const { sources, artifacts, waivers, findings } = policy;
  return `${printableJson(JSON.stringify({ schemaVersion: 1, policies: sources, signers, artifacts, rules: Object.fromEntries(policy.rules), waivers, findings }, null, 2))}\n`;
}

export const doctor: Command = async (args, world) => {
  const policy = await policyInForce(args, world);
  return { text: args.flag("json") ? json(policy) : describe(policy) };
};
