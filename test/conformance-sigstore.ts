// The bundles of the Sigstore conformance suite, through the real program: a folder is one bundle, and what its name
// ends in says whether it must verify. How a client is called stands in cli_protocol.md beside them.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { Suite } from "./support/suite.ts";

/** The identity that the suite's own bundles are signed by. A folder may name another in `identity` and `issuer`. */
const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

interface JsonReport {
  readonly verdict: string;
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string; readonly scheme: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly message: string }[];
}

/** The command line of one folder. */
function commandLine(vectors: string, name: string): readonly string[] {
  const at = (file: string): string => join(vectors, name, file);
  const given = (flag: string, file: string): readonly string[] => (existsSync(at(file)) ? [flag, at(file)] : []);
  const written = (file: string, otherwise: string): string =>
    existsSync(at(file)) ? readFileSync(at(file), "utf8").trim() : otherwise;
  const who = existsSync(at("key.pub"))
    ? ["--key", at("key.pub")]
    : ["--certificate-identity", written("identity", BEACON), "--certificate-oidc-issuer", written("issuer", ISSUER)];
  const artifact = existsSync(at("artifact")) ? at("artifact") : join(vectors, "a.txt");
  const root = given("--trusted-root", "trusted_root.json");
  return ["verify", "--bundle", at("bundle.sigstore.json"), ...who, ...root, "--json", "--", artifact];
}

/** Why the folder fails, or undefined. */
async function runFolder(vectors: string, name: string, home: string): Promise<string | undefined> {
  const args = commandLine(vectors, name);
  const { stdout, stderr, exit } = await runBoltseal(args, { cwd: home, env: bareEnvironment(home) });
  const shown = `boltseal ${args.join(" ")}\n    `;
  if (stdout === "") return `${shown}exit ${exit} without a report: ${stderr}`;
  const { verdict, subjects, findings } = JSON.parse(stdout) as JsonReport;
  const states = subjects.flatMap(({ evidence }) => evidence.map(({ state }) => state));
  const expected = name.endsWith("_fail") ? exit !== 0 && !states.includes("verified") : exit === 0;
  // A bundle that nobody looked at would not verify either.
  if (expected && states.length === 1 && (verdict === "verified") === (exit === 0)) return undefined;
  const messages = findings.map(({ rule, message }) => `${rule}: ${message}`).join("; ");
  return `${shown}exit ${exit}, ${verdict}, evidence ${states.join(", ") || "none"}; ${messages}`;
}

export const sigstoreSuite: Suite = async (folder) => {
  const vectors = join(folder, "bundle-verify");
  const names = readdirSync(vectors, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [entry.name] : [],
  );
  const home = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  const failures: string[] = [];
  const waiting = names.values();
  const lane = async (): Promise<void> => {
    for (const name of waiting) {
      const failure = await runFolder(vectors, name, home);
      if (failure !== undefined) failures.push(failure);
    }
  };
  try {
    await Promise.all([lane(), lane()]);
  } finally {
    rmSync(home, { recursive: true });
  }
  return { passed: names.length - failures.length, failures };
};
