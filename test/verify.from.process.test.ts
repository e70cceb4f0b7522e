// `--from URL` from the command line to the exit status: the built program, a real https server, and what is left on
// the machine afterwards. How each answer of a server is taken, io.net-*.test.ts tests.

import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { redirect } from "./support/https-server.ts";
import type { Route } from "./support/https-server.ts";
import { bytesAt, ended, fixture, startMachine, until } from "./support/machine.ts";
import type { Machine } from "./support/machine.ts";
import { runBoltseal } from "./support/run.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");
const SEVERAL = { skip: SKIP, concurrency: availableParallelism() };

/** A server with files of a fixture, and its keys with the user. */
async function publish(
  t: TestContext,
  folder: string,
  files: Readonly<Record<string, string>>,
  keys: readonly string[],
): Promise<Machine> {
  const machine = await startMachine(t);
  for (const [name, file] of Object.entries(files)) machine.routes[`/r/${name}`] = fixture(`${folder}/${file}`);
  for (const key of keys) machine.write(`work/${key}`, fixture(`${folder}/${key}`));
  return machine;
}

const INSTALLER = { "installer.sh": "installer.sh", "installer.sh.asc": "installer.sh.asc" };
const release = (t: TestContext, files: Readonly<Record<string, string>> = INSTALLER): Promise<Machine> =>
  publish(t, "good", files, ["acme.asc", "mallory.asc"]);

const KINDS = [
  {
    name: "an OpenPGP signature",
    ...{ folder: "good", key: "acme.asc", files: INSTALLER, states: ["openpgp verified"] },
  },
  {
    name: "a signed checksum list",
    ...{ folder: "good", key: "acme.asc", states: ["checksum-list verified"] },
    files: { "installer.sh": "installer.sh", SHA256SUMS: "SHA256SUMS", "SHA256SUMS.asc": "SHA256SUMS.asc" },
  },
  {
    name: "a list with its signature around it",
    ...{ folder: "good", key: "acme.asc", states: ["checksum-list verified"] },
    files: { "installer.sh": "installer.sh", "SHASUMS256.txt.asc": "SHA256SUMS.signed" },
  },
  {
    name: "a minisign signature",
    ...{ folder: "minisign", key: "test-only-acme.pub", states: ["minisign verified"] },
    files: { "document.txt": "document.txt", "document.txt.minisig": "prehashed.minisig" },
  },
  {
    name: "an SSH signature",
    ...{ folder: "ssh", key: "test-only-ed25519.pub", states: ["ssh verified"] },
    files: { "document.txt": "document.txt", "document.txt.sig": "ed25519.sig" },
  },
];

test("what a server has beside the file verifies it, and its bytes are kept", SEVERAL, async (t) => {
  const each = KINDS.map(({ name, folder, key, files, states }) =>
    t.test(name, async () => {
      const machine = await publish(t, folder, files, [key]);
      const [file = ""] = Object.keys(files);
      const words = ["--from", machine.url(`/r/${file}`), "--host", machine.host, "--key", key, "--output", "copy"];
      const report = await machine.report(...words);
      assert.deepEqual([report.exit, report.verdict, report.rules, report.states], [0, "verified", [], states]);
      assert.deepEqual([report.subjects.map(({ id }) => id), report.skipped], [[file], []]);
      assert.deepEqual(bytesAt(join(machine.cwd, "copy")), fixture(`${folder}/${file}`));
      assert.deepEqual(machine.leftOver(), []);
    }),
  );
  await Promise.all(each);
});

test("no format shows where the download lay, or what the query was", { skip: SKIP }, async (t) => {
  const machine = await release(t);
  const formats = ["human", "json", "sarif", "markdown", "junit"].map(async (format) => {
    const from = machine.url("/r/installer.sh?token=s3cr3t");
    const words = ["--from", from, "--host", machine.host, "--key", "acme.asc", "--format", format, "--verbose"];
    const { stdout, stderr, exit } = await machine.verify(...words);
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /installer\.sh/);
    assert.match(stderr, /^fetching https:\/\/localhost:\d+\/r\/installer\.sh\n/);
    assert.doesNotMatch(stdout + stderr, /s3cr3t|boltseal-[A-Za-z0-9]{6}/);
    assert.ok(!(stdout + stderr).includes(machine.temporary));
  });
  await Promise.all(formats);
});

interface Failure {
  readonly name: string;
  readonly exit: 1 | 2;
  /** What the server answers instead, or in addition. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly key?: string;
  /** Of the report, or of what is said in its place. */
  readonly rules: readonly string[] | RegExp;
}

/** Promises more than comes. */
const cut: Route = (_request, response) => {
  response.writeHead(200, { "content-length": 4096 }).write("half");
  setTimeout(() => response.destroy(), 20);
};
const status =
  (code: number): Route =>
  (_request, response) =>
    void response.writeHead(code, { "content-length": 0 }).end();
const altered = Buffer.concat([fixture("good/installer.sh"), Buffer.from("rm -rf /\n")]);

const FAILURES: readonly Failure[] = [
  { name: "other bytes", exit: 1, routes: { "/r/installer.sh": altered }, rules: ["signature-invalid"] },
  {
    name: "somebody else's signature",
    exit: 1,
    ...{ routes: {}, key: "mallory.asc", rules: ["signature-untrusted", "threshold-unmet"] },
  },
  {
    name: "no evidence",
    exit: 1,
    ...{ routes: { "/r/installer.sh.asc": status(404) }, rules: ["evidence-missing", "signature-missing"] },
  },
  { name: "an empty file", exit: 2, routes: { "/r/installer.sh": "" }, rules: ["input-unreadable"] },
  { name: "no file", exit: 2, routes: { "/r/installer.sh": status(404) }, rules: /no such file \(404\)/ },
  {
    name: "a file that is cut off",
    exit: 2,
    routes: { "/r/installer.sh": cut },
    rules: /before the whole had arrived/,
  },
  { name: "a signature that is cut off", exit: 2, routes: { "/r/installer.sh.asc": cut }, rules: /before the whole/ },
  { name: "a server in trouble", exit: 2, routes: { "/r/SHA256SUMS": status(503) }, rules: /answered with status 503/ },
];

test("what fails leaves no copy, and nothing in the place for temporary files", SEVERAL, async (t) => {
  const each = FAILURES.map(({ name, exit, routes, key = "acme.asc", rules }) =>
    t.test(name, async () => {
      const machine = await release(t);
      Object.assign(machine.routes, routes);
      const words = ["--from", machine.url("/r/installer.sh"), "--host", machine.host, "--key", key];
      const ending = await machine.verify(...words, "--output", "copy", "--json");
      assert.equal(ending.exit, exit, ending.stderr);
      if (rules instanceof RegExp) {
        assert.equal(ending.stdout, "");
        assert.match(ending.stderr, rules);
      } else {
        const report = JSON.parse(ending.stdout) as { findings: readonly { rule: string; level: string }[] };
        const found = report.findings.filter(({ level }) => level !== "note").map(({ rule }) => rule);
        assert.deepEqual(found, rules);
      }
      assert.deepEqual(readdirSync(machine.cwd).toSorted(), ["acme.asc", "mallory.asc"]);
      assert.deepEqual(machine.leftOver(), []);
    }),
  );
  await Promise.all(each);
});

test("a signal in the middle of a download ends the program by it, and leaves nothing", { skip: SKIP }, async (t) => {
  const machine = await release(t);
  machine.routes["/r/slow.bin"] = (_request, response: ServerResponse) =>
    void response.writeHead(200, { "content-length": 1 << 20 }).write(Buffer.alloc(1 << 16));
  const arrived = (): boolean => {
    const [folder] = machine.leftOver();
    const inside = folder === undefined ? [] : readdirSync(join(machine.temporary, folder));
    return inside.some((name) => statSync(join(machine.temporary, folder ?? "", name)).size === 1 << 16);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const words = ["--from", machine.url("/r/slow.bin"), "--host", machine.host, "--key", "acme.asc"];
    const child = machine.start(...words, "--output", "copy");
    const ending = ended(child);
    await until(arrived);
    child.kill(signal);
    assert.deepEqual(await ending, { code: null, signal });
    assert.deepEqual(machine.leftOver(), []);
    assert.deepEqual(readdirSync(machine.cwd).toSorted(), ["acme.asc", "mallory.asc"]);
  }
});

test("a redirect to another host is followed only where --host names it", { skip: SKIP }, async (t) => {
  const machine = await release(t);
  machine.routes["/d/installer.sh"] = redirect((port) => `https://127.0.0.1:${port}/r/installer.sh`);
  machine.routes["/d/installer.sh.asc"] = fixture("good/installer.sh.asc");
  const other = `127.0.0.1:${machine.server.port}`;
  const words = ["--from", machine.url("/d/installer.sh"), "--key", "acme.asc", "--host", machine.host];
  const refused = await machine.verify(...words);
  assert.deepEqual([refused.exit, refused.stdout], [2, ""]);
  assert.match(
    refused.stderr,
    new RegExp(`leads to another host, https://${other}/r/installer.sh\nhint: .*--host ${other}`),
  );
  assert.deepEqual(
    machine.server.seen.map(({ host }) => host),
    [machine.host],
  );
  for (const named of ["127.0.0.1", "127.0.0.1:9"])
    assert.equal((await machine.verify(...words, "--host", named)).exit, 2);
  assert.ok(machine.server.seen.every(({ host }) => host === machine.host));
  const followed = await machine.report(...words, "--host", other);
  assert.deepEqual([followed.exit, followed.states], [0, ["openpgp verified"]]);
  assert.deepEqual(machine.leftOver(), []);
});

test(
  "a private address is refused unless --host names it, and so is an unknown authority",
  { skip: SKIP },
  async (t) => {
    const machine = await release(t);
    const from = ["--from", machine.url("/r/installer.sh"), "--key", "acme.asc"];
    const refused = await machine.verify(...from);
    assert.equal(refused.exit, 2);
    assert.match(refused.stderr, /its address (?:127\.0\.0\.1|::1) is loopback.*\nhint: .*--host localhost/);
    assert.deepEqual(machine.server.seen, []);
    delete machine.env["NODE_EXTRA_CA_CERTS"];
    machine.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const unknown = await machine.verify(...from, "--host", machine.host);
    assert.equal(unknown.exit, 2);
    assert.match(unknown.stderr, /authority that is not trusted here/);
    assert.deepEqual(machine.server.seen, []);
    assert.deepEqual(machine.leftOver(), []);
  },
);

test("--offline asks nobody", { skip: SKIP }, async (t) => {
  const { cwd, env, url, host, leftOver, server } = await release(t);
  const words = ["verify", "--offline", "--from", url("/r/installer.sh"), "--host", host, "--key", "acme.asc"];
  const { exit, stdout, stderr } = await runBoltseal(words, { cwd, env });
  assert.deepEqual([exit, stdout], [2, ""]);
  assert.match(stderr, /because --offline forbids it/);
  assert.deepEqual([server.seen, leftOver(), existsSync(join(cwd, "copy"))], [[], [], false]);
});
