// Attestations of npm and of a Python index, from public test suites. Where the file that they speak of is there, the
// real program judges it; the tarball of the npm attestations is not, so these are judged by the digest that is known.

import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HashResult } from "../src/core/hash-set.ts";
import type { Json } from "../src/core/json.ts";
import type { State } from "../src/core/report.ts";
import { npmAttestations } from "../src/verify/npm.ts";
import { publisherProblem } from "../src/verify/pypi-publisher.ts";
import type { Judgement, SignedFile } from "../src/verify/scheme.ts";
import { trustNobody } from "../src/verify/signed.ts";
import { readLeaf } from "../src/verify/sigstore-certificate.ts";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { Suite } from "./support/suite.ts";

const GITHUB = "https://token.actions.githubusercontent.com";

/** The package of the npm attestations. */
const SHA512 =
  "282c0c5fa936d264321643581b65d3de5c0af6ed4fdfac12f5851115df39cc25cfaf0ad22d908487bfef30114d61c25746206d1834be4f8fd1659178f77cc004";
const PACKAGE: SignedFile = {
  name: "sigstore-0.4.0.tgz",
  package: async () => ({ package: { ecosystem: "npm", name: "sigstore", version: "0.4.0" } }),
};
const BUILDER = "https://github.com/sigstore/sigstore-js/.github/workflows/publish.yml@refs/tags/v0.4.0";

interface Expected {
  readonly provenance: State;
  readonly publish: State;
  /** Of the attestation that the file is named for. */
  readonly because?: RegExp;
}

/** By file name. What was changed inside a signed statement is first seen by the log's record of it. */
const NPM: Readonly<Record<string, Expected>> = {
  "valid-attestations.json": { provenance: "verified", publish: "verified" },
  "invalid-attestations.json": { provenance: "verified", publish: "malformed", because: /no base64/ },
  "malformed-subject-attestations.json": { provenance: "verified", publish: "malformed", because: /a subject/ },
  "mismatched-keyid-attestations.json": { provenance: "malformed", publish: "verified", because: /names a key/ },
  "mismatched-subject-digest-attestations.json": { provenance: "verified", publish: "invalid", because: /log entry/ },
  "mismatched-subject-name-attestations.json": { provenance: "verified", publish: "invalid", because: /log entry/ },
  "no-keyid-attestations.json": { provenance: "malformed", publish: "malformed", because: /does not name the key/ },
  "unsupported-attestations.json": { provenance: "verified", publish: "unsupported", because: /of the type/ },
};

async function judgeAttestations(path: string): Promise<readonly Judgement[]> {
  const now = new Date("2026-12-01T00:00:00Z");
  const { open } = await npmAttestations.verifier({
    ...trustNobody(now, now),
    registryKeys: "trusted",
    trustedRoot: { source: "trust-roots.json", bytes: readFileSync(join(ROOT, "dist/trust-roots.json")) },
    identities: [{ san: BUILDER, issuer: GITHUB }],
  });
  const { signatures } = await open({ source: path, bytes: readFileSync(path) });
  return Promise.all(
    signatures.map(({ needs, judge }) => {
      const hashes = needs.map(({ algorithm }): HashResult => {
        if (algorithm !== "sha512")
          throw new Error(`${path}: asks for ${algorithm}, which is not known of the package`);
        return { digest: Buffer.from(SHA512, "hex"), binary: false };
      });
      return judge(hashes, PACKAGE);
    }),
  );
}

export const npmAttestationsSuite: Suite = async (folder) => {
  const failures: string[] = [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  for (const name of names) {
    const expected = Object.hasOwn(NPM, name) ? NPM[name] : undefined;
    const [builder, registry, ...others] = await judgeAttestations(join(folder, name));
    const states = `${builder?.state ?? "none"}, ${registry?.state ?? "none"}`;
    const reasons = [builder, registry].map((judgement) => judgement?.reason ?? "");
    const good =
      expected !== undefined &&
      others.length === 0 &&
      states === `${expected.provenance}, ${expected.publish}` &&
      (expected.because === undefined || reasons.some((reason) => expected.because?.test(reason)));
    if (good) continue;
    const wanted = expected === undefined ? "nothing known" : `${expected.provenance}, ${expected.publish}`;
    failures.push(`${name}: expected ${wanted}\n    actual   ${states}; ${reasons.join("; ")}`);
  }
  return { passed: names.length - failures.length, failures };
};

interface Publisher {
  readonly identity: string;
  readonly issuer: string;
  /** Signed with the keys of Sigstore's staging instance. */
  readonly staging?: true;
}

const workflow = (name: string, tag: string): Publisher => ({
  identity: `https://github.com/trailofbits/${name}/.github/workflows/release.yml@refs/tags/${tag}`,
  issuer: GITHUB,
});
const person: Publisher = {
  identity: "william@yossarian.net",
  issuer: "https://github.com/login/oauth",
  staging: true,
};

/** Who published each file, by the start of its name. */
const PUBLISHERS: Readonly<Record<string, Publisher>> = {
  "gitlab_oidc_project-0.0.3.tar.gz": {
    identity: "https://gitlab.com/facutuesca/gitlab-oidc-project//.gitlab-ci.yml@refs/heads/main",
    issuer: "https://gitlab.com",
  },
  "pypi_attestation_models-0.0.4a2.tar.gz": workflow("pypi-attestation-models", "v0.0.4a2"),
  "pypi_attestations-0.0.19.tar.gz": workflow("pypi-attestations", "v0.0.19"),
  "rfc8785-0.1.2-py3-none-any.whl": person,
  "spt3g-1.0-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64.whl": person,
};

/** A folder of the Sigstore vectors whose trusted root is that of the staging instance. */
const STAGING = "sigstore/bundle-verify/managed-key-and-trusted-root/trusted_root.json";

/** Why the evidence does not verify the file, or must not and does; undefined when all is as it must be. */
async function runEvidence(folder: string, name: string, home: string): Promise<string | undefined> {
  const [artifact, publisher] = Object.entries(PUBLISHERS).find(([start]) => name.startsWith(`${start}.`)) ?? [];
  if (artifact === undefined || publisher === undefined) return `${name}: nobody knows what it is about`;
  const { identity, issuer, staging } = publisher;
  const who = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer];
  const root = staging === true ? ["--trusted-root", join(folder, "..", STAGING)] : [];
  const isThere = readdirSync(folder).includes(artifact);
  // Of a file that is not there, the bytes of another one: the attestation must not verify them.
  const bytes = isThere
    ? [join(folder, artifact)]
    : ["--as", artifact, "--", join(folder, "rfc8785-0.1.2-py3-none-any.whl")];
  const args = ["verify", "--attestations", join(folder, name), ...who, ...root, "--json", ...bytes];
  const { stdout, stderr, exit } = await runBoltseal(args, { cwd: home, env: bareEnvironment(home) });
  if (stdout === "") return `${name}: exit ${exit} without a report: ${stderr}`;
  const report = JSON.parse(stdout) as Report;
  const states = report.subjects.flatMap(({ evidence }) => evidence.map(({ state }) => state));
  const messages = report.findings.map(({ message }) => message).join("; ");
  const good = isThere
    ? exit === 0 && states.join() === "verified"
    : exit === 1 && states.join() === "invalid" && messages.includes("with another digest");
  return good ? undefined : `${name}: exit ${exit}, evidence ${states.join(", ") || "none"}; ${messages}`;
}

interface Report {
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string }[] }[];
  readonly findings: readonly { readonly message: string }[];
}

/** Certificates alone, and the publishers that an index would name beside them. */
const CERTIFICATES: Readonly<Record<string, object>> = {
  "200170367.pem": { kind: "Google", email: "919436158236-compute@developer.gserviceaccount.com" },
  "no-source-repository-ref-extension.pem": {
    ...{ kind: "GitHub", repository: "SWIFTSIM/swiftgalaxy", workflow: "python-publish.yml" },
  },
};

/** Why the certificate is not read as that of its publisher, or is taken for that of another. */
function runCertificate(folder: string, name: string): string | undefined {
  const publisher = Object.hasOwn(CERTIFICATES, name) ? (CERTIFICATES[name] as Json) : undefined;
  if (publisher === undefined) return `${name}: nobody knows whose it is`;
  const { facts } = readLeaf([new X509Certificate(readFileSync(join(folder, name))).raw]);
  const problem = publisherProblem(publisher, facts);
  if (problem !== undefined) return `${name}: ${problem.reason}`;
  const other = publisherProblem({ kind: "GitHub", repository: "SWIFTSIM/other", workflow: "x.yml" }, facts);
  return other?.state === "invalid" ? undefined : `${name}: is taken for another publisher's`;
}

export const pypiAttestationsSuite: Suite = async (folder) => {
  const names = readdirSync(folder).filter((name) => /\.(?:attestation|provenance|sigstore|pem)$/.test(name));
  const home = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  try {
    const failures: string[] = [];
    for (const name of names) {
      const failure = name.endsWith(".pem") ? runCertificate(folder, name) : await runEvidence(folder, name, home);
      if (failure !== undefined) failures.push(failure);
    }
    return { passed: names.length - failures.length, failures };
  } finally {
    rmSync(home, { recursive: true });
  }
};
