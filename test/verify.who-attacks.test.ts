// Attacks on who counts, through the program: somebody's good signature must not answer a demand for somebody else's.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { roots } from "./support/npm-attestation.ts";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { RunResult } from "./support/run.ts";

const FIXTURES = join(ROOT, "fixtures/verify");

interface ListedKey {
  readonly keyid: string;
  readonly key: string;
}

/** The roots that come with the program, had the public registry the key of the fixture. */
function writeRoots(folder: string): void {
  const { trustedRoot } = JSON.parse(Buffer.from(roots().bytes).toString()) as { readonly trustedRoot: unknown };
  const { keys } = JSON.parse(readFileSync(join(FIXTURES, "npm/keys.json"), "utf8")) as { keys: readonly ListedKey[] };
  const registryKeys = {
    keys: keys.map(({ keyid, key }) => ({
      keyId: keyid,
      keyUsage: "npm:signatures",
      publicKey: {
        rawBytes: key,
        keyDetails: "PKIX_ECDSA_P256_SHA_256",
        validFor: { start: "1999-01-01T00:00:00.000Z" },
      },
    })),
  };
  const form = { form: "boltseal-trust-roots-1", date: "2026-06-01T00:00:00.000Z", dateOf: "a test was written" };
  writeFileSync(join(folder, "roots.json"), JSON.stringify({ ...form, trustedRoot, registryKeys }));
}

/** Runs in a folder that holds copies of the fixtures `of`. */
async function inFolder<T>(of: readonly string[], act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-who-"));
  try {
    for (const name of of) cpSync(join(FIXTURES, name), join(folder, name), { recursive: true });
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function verify(folder: string, args: readonly string[]): Promise<RunResult> {
  return runBoltseal(["verify", ...args], { cwd: folder, env: bareEnvironment(join(folder, "home")) });
}

const BY_REGISTRY = ["npm/acme-server-1.2.3.tgz", "--npm-signature", "npm/signature.json"];
const NAMED: readonly (readonly string[])[] = [
  ["--key", "good/acme.asc"],
  ["--certificate-identity", "https://forge.example/acme", "--certificate-oidc-issuer", "https://token.forge.example"],
  ["--ca-file", "cms/root.pem"],
];

test("the registry, whom --npm-signature asks, is not the signer whom another flag demands", async () => {
  await inFolder(["npm", "good", "cms"], async (folder) => {
    writeRoots(folder);
    const words = [...BY_REGISTRY, "--trusted-root", "roots.json"];
    assert.equal((await verify(folder, words)).exit, 0);
    for (const flags of NAMED) {
      const { exit, stdout } = await verify(folder, [...words, ...flags]);
      assert.equal(exit, 1, stdout);
      assert.match(stdout, /demands a trusted signer {3}\[threshold-unmet\]/);
    }
  });
});

const POLICY = {
  version: 1,
  signers: { acme: { openpgp: ["1C49034F424FC53689A330CDD472C7AFD1F9526F"], keys: ["good/acme.asc"] } },
  artifacts: { "*.tgz": { threshold: 1 } },
};

test("a key that a flag names does not meet a policy's demand for one of its signers", async () => {
  await inFolder(["signatures", "good"], async (folder) => {
    writeFileSync(join(folder, "policy.json"), JSON.stringify(POLICY));
    const by = (who: string, ...flags: readonly string[]): Promise<RunResult> =>
      verify(folder, [
        ...["signatures/tool.tgz", "--policy", "policy.json"],
        ...["--signature", `signatures/${who}.sig`, ...flags],
      ]);
    const stranger = await by("mallory", "--key", "good/mallory.asc");
    assert.equal(stranger.exit, 1, stranger.stdout);
    assert.match(stranger.stdout, /expected {2}1 of the signers of trusted policies/);
    assert.equal((await by("acme")).exit, 0);
    assert.equal((await by("acme", "--key", "good/acme.asc")).exit, 0);
  });
});

test("of a digest --output writes nothing, and not an empty file as verified", async () => {
  await inFolder([], async (folder) => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const { exit, stderr } = await verify(folder, [digest, "--digest", digest, "--output", "out.bin"]);
    assert.equal(exit, 2);
    assert.match(stderr, /--output writes the bytes that were verified, and a digest has none/);
    assert.equal(existsSync(join(folder, "out.bin")), false);
  });
});

const SCRIPT = `#!/bin/sh\necho evil\n: <<end\n${"ab".repeat(32)}  nothing\nend\n`;

for (const name of ["checksums.txt", "KEYS", "installer.sh.sign", "installer.sh.sha256"]) {
  test(`in a folder a script called ${name} is not passed over as evidence for a line that looks like a checksum`, async () => {
    await inFolder(["good"], async (folder) => {
      mkdirSync(join(folder, "files"));
      for (const file of ["installer.sh", "installer.sh.asc"])
        cpSync(join(folder, "good", file), join(folder, "files", file));
      const words = ["files", "--key", "good/acme.asc"];
      assert.equal((await verify(folder, words)).exit, 0);
      writeFileSync(join(folder, "files", name), SCRIPT);
      const { exit, stdout } = await verify(folder, words);
      assert.equal(exit, 1, stdout);
      assert.ok(stdout.includes(`rejected  files/${name}: `), stdout);
    });
  });
}

/** The Ed25519 key of the minisign fixture, as other schemes pin it. */
function sameKey(): Readonly<Record<string, object>> {
  const [, line = ""] = readFileSync(join(FIXTURES, "minisign/test-only-acme.pub"), "utf8").split("\n");
  const raw = Buffer.from(line, "base64").subarray(10);
  const blob = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"), raw]);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  return {
    minisign: { key: line },
    signify: { key: line },
    ssh: { key: `ssh-ed25519 ${blob.toString("base64")}` },
    x509: { fingerprint: createHash("sha256").update(spki).digest("hex") },
  };
}

for (const [scheme, pin] of Object.entries(sameKey())) {
  test(`a key that a policy revoked as ${scheme} is revoked for a flag that names it as minisign`, async () => {
    await inFolder(["minisign"], async (folder) => {
      const words = ["minisign/document.txt", "--signature", "minisign/prehashed.minisig"];
      const byKey = [...words, "--key", "minisign/test-only-acme.pub"];
      assert.equal((await verify(folder, byKey)).exit, 0);
      const policy = { version: 1, signers: { somebody: { [scheme]: [{ ...pin, revoked: "it was stolen" }] } } };
      writeFileSync(join(folder, "policy.json"), JSON.stringify(policy));
      const { exit, stdout } = await verify(folder, [...byKey, "--policy", "policy.json"]);
      assert.equal(exit, 1, stdout);
      assert.match(stdout, /the policy revoked its key: it was stolen {3}\[signature-revoked\]/);
    });
  });
}
