// Many artifacts in one run: each gets the report that it would get alone, in the order given, whatever became of the
// others and whichever was read first.

import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { cpSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import { armored, ed25519, publicLine, sshsig } from "./support/ssh-signer.ts";
import { tool } from "./support/tools.ts";

interface BatchReport {
  readonly verdict: string;
  readonly subjects: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly evidence: readonly { readonly scheme: string; readonly state: string }[];
  }[];
  readonly findings: readonly { readonly rule: string; readonly subject: string }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

interface Place {
  readonly cwd: string;
  write(path: string, content: string | Uint8Array): void;
  /** The bytes of the JSON report. */
  run(...words: readonly string[]): Promise<{ readonly exit: number; readonly stdout: string }>;
  report(...words: readonly string[]): Promise<BatchReport & { readonly exit: number }>;
}

function startPlace(t: TestContext): Place {
  const cwd = mkdtempSync(join(tmpdir(), "boltseal-batch-"));
  t.after(() => rmSync(cwd, { recursive: true }));
  const run: Place["run"] = (...words) =>
    runBoltseal(["verify", "--json", ...words], { cwd, env: bareEnvironment(join(cwd, "home")) });
  return {
    ...{ cwd, run },
    write(path, content) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), content);
    },
    async report(...words) {
      const { exit, stdout } = await run(...words);
      return { ...(JSON.parse(stdout) as BatchReport), exit };
    },
  };
}

const SIGNER = ed25519();
const sign = (content: string | Uint8Array): Buffer => armored(sshsig(SIGNER, Buffer.from(content)));
const line = (name: string, content: string | Uint8Array): string =>
  `${createHash("sha256").update(content).digest("hex")}  ${name}\n`;

/** A folder `release` of files, each with its number in it, and a signed list of them. */
function writeRelease(place: Place, count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, index) => `tool-${String(index).padStart(3, "0")}.bin`);
  const contentOf = (name: string): string => name.repeat(1 + (Number(name.slice(5, 8)) % 40) * 50);
  for (const name of names) place.write(`release/${name}`, contentOf(name));
  const list = names.map((name) => line(name, contentOf(name))).join("");
  place.write("release/SHA256SUMS", list);
  place.write("release/SHA256SUMS.sig", sign(list));
  place.write("key.pub", `${publicLine(SIGNER)}\n`);
  return names.map((name) => `release/${name}`);
}

test("a folder of 300 files is verified by its signed list, and one changed file is the only one rejected", async (t) => {
  const place = startPlace(t);
  const paths = writeRelease(place, 300);
  const good = await place.report("release", "--key", "key.pub");
  assert.deepEqual([good.exit, good.verdict], [0, "verified"]);
  const shown = good.subjects.map(({ id, evidence }) => [id, ...evidence.map((e) => `${e.scheme} ${e.state}`)]);
  assert.deepEqual(
    shown,
    paths.map((path) => [path, "checksum-list verified"]),
  );
  assert.deepEqual(
    good.skipped.map(({ path }) => path),
    ["release/SHA256SUMS", "release/SHA256SUMS.sig"],
  );

  place.write("release/tool-123.bin", "changed");
  const bad = await place.report("release", "--key", "key.pub");
  assert.deepEqual([bad.exit, bad.verdict], [1, "rejected"]);
  const rejected = bad.subjects.filter(({ verdict }) => verdict !== "verified");
  assert.deepEqual(
    rejected.map(({ id, verdict }) => [id, verdict]),
    [["release/tool-123.bin", "rejected"]],
  );
  assert.deepEqual(
    bad.findings.filter(({ rule }) => rule === "digest-mismatch").map(({ subject }) => subject),
    ["release/tool-123.bin"],
  );
});

test("artifacts stand in the report in the order given, each once", async (t) => {
  const place = startPlace(t);
  writeRelease(place, 4);
  const [a, b, c, d] = ["0", "1", "2", "3"].map((digit) => `release/tool-00${digit}.bin`) as [
    string,
    string,
    string,
    string,
  ];
  for (const words of [
    [d, a, c, b],
    [c, c, a, d, a, b],
  ]) {
    const { subjects, exit } = await place.report("--key", "key.pub", "--", ...words);
    assert.equal(exit, 0);
    assert.deepEqual(
      subjects.map(({ id }) => id),
      [...new Set(words)],
    );
  }
  const mixed = await place.report("--key", "key.pub", "--", c, "release", `sha256:${"0".repeat(64)}`);
  assert.deepEqual(
    mixed.subjects.map(({ id, verdict }) => [id, verdict]),
    [
      [c, "verified"],
      [a, "verified"],
      [b, "verified"],
      [d, "verified"],
      [`sha256:${"0".repeat(64)}`, "rejected"],
    ],
  );
});

type Broken = readonly [path: string, verdict: string, make: (place: Place) => void];

const PIPE: Broken = [
  "release/pipe",
  "unknown",
  ({ cwd }) => void execFileSync(tool("mkfifo").path, [join(cwd, "release/pipe")]),
];

/** Artifacts that cannot be verified, the verdict on each, and how to make it. */
const BROKEN: readonly Broken[] = [
  ["release/gone.bin", "unknown", () => undefined],
  ["release/empty.bin", "unknown", (place) => place.write("release/empty.bin", "")],
  ["release/hollow", "unknown", ({ cwd }) => mkdirSync(join(cwd, "release/hollow"))],
  ["release/not-listed.bin", "rejected", (place) => place.write("release/not-listed.bin", "who am I")],
  ["release/tool-003.bin", "rejected", (place) => place.write("release/tool-003.bin", "changed")],
  ...(tool("mkfifo").skip === false ? [PIPE] : []),
  ["release/bad.mcpb", "rejected", (place) => place.write("release/bad.mcpb", "PK\u{3}\u{4} no archive")],
];
test("no broken artifact hides the others, wherever it stands", async (t) => {
  const place = startPlace(t);
  const good = writeRelease(place, 6).filter((path) => !path.includes("003"));
  for (const [, , make] of BROKEN) make(place);
  const broken = BROKEN.map(([path]) => path);
  const verdicts = new Map(BROKEN.map(([path, verdict]) => [path, verdict]));
  for (const paths of [
    [...broken, ...good],
    [...good, ...broken],
    good.flatMap((path, index) => [broken[index] ?? "", path]).concat(broken.slice(good.length)),
  ]) {
    const { exit, subjects } = await place.report("--key", "key.pub", "--", ...paths);
    assert.equal(exit, 1);
    assert.deepEqual(
      subjects.map(({ id, verdict }) => [id, verdict]),
      paths.map((path) => [path, verdicts.get(path) ?? "verified"]),
    );
  }
  for (const [path, verdict] of BROKEN) {
    const { exit, subjects } = await place.report("--key", "key.pub", "--", ...good, path);
    assert.deepEqual([exit, subjects.at(-1)?.verdict], [verdict === "rejected" ? 1 : 2, verdict]);
  }
});

/** Evidence of several kinds beside files of several sizes, some broken: what several lanes and threads may mix up. */
function writeMixture(place: Place): readonly string[] {
  const paths = writeRelease(place, 24);
  for (const [index, path] of paths.entries()) {
    if (index % 3 === 0) place.write(`${path}.sha256`, "no checksum");
    if (index % 4 === 0) place.write(`${path}.sig`, sign(index % 8 === 0 ? "another file" : ""));
    if (index % 5 === 0)
      place.write(`${path}.asc`, "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n");
  }
  for (const name of ["checksums.txt", "sha512sums"]) place.write(`release/${name}`, "holds nothing");
  cpSync(join(ROOT, "fixtures/verify/good"), join(place.cwd, "release"), { recursive: true, force: false });
  const large = ["release/large-1.bin", "release/large-2.bin"];
  for (const path of large) {
    const fd = openSync(join(place.cwd, path), "w");
    ftruncateSync(fd, 50 << 20);
    closeSync(fd);
  }
  const others = ["release/installer.sh", "release/acme-server-1.2.0.tgz", "release/gone.bin"];
  return [...large, ...paths, ...others];
}

test("several files read side by side give the same report each time, and the one that each gets alone", async (t) => {
  const place = startPlace(t);
  const paths = writeMixture(place);
  const words = ["--key", "key.pub", "--key", "release/acme.asc", "--"];
  const runs = await Promise.all([1, 2, 3].map(() => place.run(...words, ...paths)));
  const [first] = runs;
  assert.ok(first !== undefined);
  assert.equal(first.exit, 1);
  for (const other of runs) assert.deepEqual(other, first);
  const whole = JSON.parse(first.stdout) as BatchReport;
  assert.deepEqual(
    whole.subjects.map(({ id }) => id),
    paths,
  );
  for (const path of [...paths.slice(0, 8), ...paths.slice(-3)]) {
    const alone = await place.report(...words, path);
    const about = ({ subjects, findings }: BatchReport): unknown => [
      subjects.find(({ id }) => id === path),
      findings.filter(({ subject }) => subject === path),
    ];
    assert.deepEqual(about(alone), about(whole), path);
  }
});

test("evidence that several artifacts share is looked at once, and told of once", async (t) => {
  const place = startPlace(t);
  writeRelease(place, 12);
  place.write("release/checksums.txt", "holds nothing");
  const { skipped } = await place.report("release", "--key", "key.pub");
  const told = skipped.map(({ path }) => path);
  assert.deepEqual(told, [...new Set(told)].toSorted());
  assert.equal(skipped.filter(({ reason }) => /holds no signature/.test(reason)).length, 1);
});
