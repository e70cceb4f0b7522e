// `--from npm:NAME@VERSION` from the command line to the exit status: the built program, the user's own npm
// configuration, and a registry that says what a test tells it to.

import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { bytesAt, fixture, startMachine } from "./support/machine.ts";
import type { Machine } from "./support/machine.ts";
import { createKeys, keyEntry, registrySignature } from "./support/npm-registry.ts";
import { runBoltseal } from "./support/run.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");
const SEVERAL = { skip: SKIP, concurrency: availableParallelism() };
const REFERENCE = "npm:@acme/server@1.2.3";
const FROM = ["--from", REFERENCE, "--key", "keys.json"];

const TARBALL = fixture("npm/acme-server-1.2.3.tgz");
/** What the registry of the fixture signed. */
const SIGNED = JSON.parse(fixture("npm/signature.json").toString()) as { signatures: readonly object[] };
const OTHER_SIGNED = JSON.parse(fixture("npm/other.json").toString()) as { signatures: readonly object[] };

const integrityOf = (bytes: Uint8Array): string => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

interface Published {
  readonly tarball?: Uint8Array;
  /** Members of the packument's `dist`, beside the true ones. */
  readonly dist?: Readonly<Record<string, unknown>>;
}

/** The registry answers so. */
function publish({ routes, url }: Machine, { tarball = TARBALL, dist = {} }: Published = {}): void {
  const at = "/npm/@acme/server/-/server-1.2.3.tgz";
  const whole = { tarball: url(at), integrity: integrityOf(tarball), signatures: SIGNED.signatures, ...dist };
  const versions = { "1.2.3": { name: "@acme/server", version: "1.2.3", dist: whole } };
  routes["/npm/@acme%2fserver"] = JSON.stringify({ name: "@acme/server", versions });
  routes[at] = tarball;
}

/** A user whose npm configuration names the registry and its authority; nothing else does. */
async function startRegistry(t: TestContext, published?: Published): Promise<Machine> {
  const machine = await startMachine(t);
  const authority = machine.env["NODE_EXTRA_CA_CERTS"] ?? "";
  delete machine.env["NODE_EXTRA_CA_CERTS"];
  machine.write("home/.npmrc", `registry=${machine.url("/npm/")}\ncafile=${authority}\n`);
  machine.write("work/keys.json", fixture("npm/keys.json"));
  publish(machine, published);
  return machine;
}

test("a package of the user's registry is verified by what the registry signed", { skip: SKIP }, async (t) => {
  const machine = await startRegistry(t);
  const report = await machine.report(...FROM, "--output", "copy.tgz");
  const states = ["npm verified", "stated-digest integrity-only"];
  assert.deepEqual([report.exit, report.rules, report.states], [0, [], states]);
  assert.deepEqual([report.subjects.map(({ id }) => id), report.skipped], [["acme-server-1.2.3.tgz"], []]);
  assert.deepEqual(report.subjects[0]?.evidence[0]?.source, "npm-signature.json");
  assert.deepEqual(bytesAt(join(machine.cwd, "copy.tgz")), TARBALL);
  assert.deepEqual(machine.leftOver(), []);
});

test("where the project would have packages from does not count", { skip: SKIP }, async (t) => {
  const machine = await startRegistry(t);
  const elsewhere = await startMachine(t);
  publish(elsewhere, { tarball: fixture("npm/other.tgz") });
  machine.write("work/.npmrc", `registry=${elsewhere.url("/npm/")}\n@acme:registry=${elsewhere.url("/npm/")}\n`);
  machine.write("work/package.json", JSON.stringify({ publishConfig: { registry: elsewhere.url("/npm/") } }));
  const report = await machine.report(...FROM);
  assert.deepEqual([report.exit, report.states[0]], [0, "npm verified"]);
  assert.deepEqual(elsewhere.server.seen, []);
});

test("without a registry, or an authority, of the user's own nothing is fetched", { skip: SKIP }, async (t) => {
  const machine = await startRegistry(t);
  machine.write("home/.npmrc", `registry=${machine.url("/npm/")}\n`);
  const unknown = await machine.verify(...FROM);
  assert.deepEqual([unknown.exit, unknown.stdout], [2, ""]);
  assert.match(unknown.stderr, /authority that is not trusted here/);
  machine.write("home/.npmrc", "");
  const missing = await machine.verify(...FROM);
  assert.deepEqual([missing.exit, missing.stdout], [2, ""]);
  assert.match(missing.stderr, /no npm registry is configured/);
  assert.deepEqual([machine.server.seen, machine.leftOver()], [[], []]);
});

interface Refused {
  readonly name: string;
  readonly published: Published;
  readonly rules: readonly string[];
}

const OTHER = fixture("npm/other.tgz");
const TWICE = fixture("npm/twice.tgz");

const REFUSED: readonly Refused[] = [
  {
    name: "other bytes than the registry states, and signed",
    published: { dist: { integrity: integrityOf(OTHER) } },
    rules: ["digest-mismatch", "digest-mismatch"],
  },
  {
    name: "other bytes than it states, without a signature",
    published: { dist: { integrity: integrityOf(OTHER), signatures: undefined } },
    rules: ["digest-mismatch", "signature-missing"],
  },
  {
    name: "no signature",
    published: { dist: { signatures: undefined } },
    rules: ["integrity-only", "signature-missing"],
  },
  {
    name: "another package inside, signed under the name that was asked for",
    published: { tarball: OTHER, dist: { signatures: OTHER_SIGNED.signatures } },
    rules: ["integrity-only", "package-mismatch", "signature-invalid"],
  },
  {
    name: "two packages inside",
    published: { tarball: TWICE },
    rules: ["integrity-only", "package-mismatch", "signature-malformed"],
  },
  {
    name: "no package inside",
    published: { tarball: Buffer.from("no archive") },
    rules: ["integrity-only", "package-mismatch", "signature-malformed"],
  },
];

test("what does not belong together is refused, and no copy is made", SEVERAL, async (t) => {
  const each = REFUSED.map(({ name, published, rules }) =>
    t.test(name, async () => {
      const machine = await startRegistry(t, published);
      const report = await machine.report(...FROM, "--output", "copy.tgz");
      assert.deepEqual([report.exit, report.rules.toSorted()], [1, rules.toSorted()]);
      assert.equal(bytesAt(join(machine.cwd, "copy.tgz")), undefined);
      assert.deepEqual(machine.leftOver(), []);
    }),
  );
  await Promise.all(each);
});

test(
  "attestations that are promised and missing are told of, and missed where a policy demands them",
  { skip: SKIP },
  async (t) => {
    const machine = await startRegistry(t);
    const attestations = machine.url("/npm/-/attestations");
    publish(machine, { dist: { attestations: { url: attestations } } });
    const report = await machine.report(...FROM);
    assert.deepEqual([report.exit, report.states[0]], [0, "npm verified"]);
    assert.deepEqual(report.skipped, [{ path: attestations, reason: "the server has no such file (404)" }]);
    machine.write("work/strict.json", '{ "version": 1, "artifacts": { "*.tgz": { "evidence": ["provenance"] } } }');
    const strict = await machine.report(...FROM, "--policy", "strict.json");
    assert.deepEqual([strict.exit, strict.rules], [1, ["signature-missing"]]);
    machine.routes["/npm/-/attestations"] = '{"attestations":[';
    const broken = await machine.report(...FROM);
    assert.equal(broken.exit, 1);
    assert.deepEqual(broken.rules, ["signature-malformed"]);
    assert.deepEqual(machine.leftOver(), []);
  },
);

test("the same version with other bytes is not what was locked, whoever signs it", { skip: SKIP }, async (t) => {
  const keys = createKeys();
  const signed = (tarball: Uint8Array): Published => {
    const integrity = integrityOf(tarball);
    return { tarball, dist: { signatures: [registrySignature(keys, `@acme/server@1.2.3:${integrity}`)] } };
  };
  const machine = await startRegistry(t, signed(TARBALL));
  machine.write("work/keys.json", JSON.stringify({ keys: [keyEntry(keys)] }));
  const first = await machine.verify(...FROM, "--lock");
  assert.equal(first.exit, 0, first.stderr);
  const lock = bytesAt(join(machine.cwd, "boltseal.lock"))?.toString() ?? "";
  assert.match(lock, /@acme\/server/);
  assert.doesNotMatch(lock, /boltseal-[A-Za-z0-9]{6}/);
  assert.equal((await machine.verify(...FROM)).exit, 0);
  // The same files in the archive, packed another way.
  publish(machine, signed(gzipSync(gunzipSync(TARBALL), { level: 1 })));
  const second = await machine.report(...FROM, "--output", "copy.tgz");
  assert.deepEqual([second.exit, second.rules, second.states[0]], [1, ["lock-digest"], "npm verified"]);
  assert.equal(bytesAt(join(machine.cwd, "copy.tgz")), undefined);
  assert.deepEqual(machine.leftOver(), []);
});

test("--offline asks no registry", { skip: SKIP }, async (t) => {
  const { cwd, env, leftOver, server } = await startRegistry(t);
  const { exit, stdout, stderr } = await runBoltseal(["verify", "--offline", ...FROM], { cwd, env });
  assert.deepEqual([exit, stdout], [2, ""]);
  assert.match(stderr, /because --offline forbids it/);
  assert.deepEqual([server.seen, leftOver()], [[], []]);
});
