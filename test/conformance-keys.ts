// The vectors of minisign and of SSH signatures, through the real program: each signature of the folder with the files
// that belong to it, and with others.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { Suite, SuiteResult } from "./support/suite.ts";
import { tool } from "./support/tools.ts";
import { judgeRow } from "./support/verdict-suite.ts";
import type { VerdictRow } from "./support/verdict-suite.ts";

/** Paths below the folder of vectors. */
interface KeyRow extends VerdictRow {
  readonly signature: string;
  readonly key: string;
  readonly namespace?: string;
}

type Short = readonly [artifact: string, signature: string, key: string, state: string, namespace?: string];

const VERDICTS: Readonly<Record<string, VerdictRow["verdict"]>> = { verified: "verified", unsupported: "unknown" };

function rowOf([artifact, signature, key, state, namespace]: Short): KeyRow {
  const verdict = VERDICTS[state] ?? "rejected";
  return { artifact, signature, key, state, verdict, ...(namespace === undefined ? {} : { namespace }) };
}

const MINISIGN: readonly Short[] = [
  ["f", "f.minisig", "k.pub", "verified"],
  ["g", "f.minisig", "k.pub", "invalid"],
  ["f", "f.minisig", "k2.pub", "untrusted-signer"],
  ["foreign/message.txt", "foreign/message.txt.minisig", "foreign/minisign.pub", "verified"],
  ["f", "foreign/message.txt.minisig", "foreign/minisign.pub", "invalid"],
  ["foreign/message.txt", "foreign/robtest.ps1.minisig", "foreign/minisign.pub", "untrusted-signer"],
];

/** The namespace of OpenSSH's own tests. */
const UNITTEST = "unittest";
const OPENSSH = ["ecdsa", "ecdsa_sk", "ecdsa_sk_webauthn", "ed25519", "ed25519_sk", "rsa"];

const SSHSIG: readonly Short[] = [
  ["f", "f.sig", "as", "verified"],
  ["f", "f.sig", "sk.pub", "verified"],
  ["f", "f.sig", "as2", "expired"],
  ["f", "f.sig", "openssh/ed25519.pub", "untrusted-signer"],
  ["f", "f.sig", "as", "invalid", "git"],
  ["openssh/signed-data", "f.sig", "as", "invalid"],
  ...OPENSSH.flatMap((name): readonly Short[] => {
    const [signature, key] = [`openssh/${name}.sig`, `openssh/${name}.pub`];
    return [
      ["openssh/signed-data", signature, key, "verified", UNITTEST],
      ["openssh/signed-data", signature, key, "invalid"],
      ["f", signature, key, "invalid", UNITTEST],
    ];
  }),
  ["openssh/signed-data", "openssh/mldsa44-ed25519.sig", "openssh/mldsa44-ed25519.pub", "unsupported", UNITTEST],
];

/** Whether the program that made the signature says otherwise; it is asked where it is installed. */
function otherVerdict(folder: string, row: KeyRow, home: string): string | undefined {
  const at = (path: string): string => join(folder, path);
  const { path: program, skip } = tool(row.signature.endsWith(".minisig") ? "minisign" : "ssh-keygen");
  if (skip !== false) return undefined;
  const args = row.signature.endsWith(".minisig")
    ? ["-V", "-q", "-p", at(row.key), "-m", at(row.artifact), "-x", at(row.signature)]
    : ["-Y", "verify", ...allowed(at(row.key), home), "-n", row.namespace ?? "file", "-s", at(row.signature)];
  const { status } = spawnSync(program, args, { input: readFileSync(at(row.artifact)), env: { HOME: home } });
  if ((status === 0) === (row.state === "verified")) return undefined;
  return `${program} ${args.join(" ")} ends with ${status}, and boltseal says ${row.state}`;
}

/** The options that name an allowed signer: of a file of them the first, or of a bare key one that is made for it. */
function allowed(key: string, home: string): readonly string[] {
  const text = readFileSync(key, "utf8");
  const isList = !/^(?:ssh|ecdsa|sk)-/.test(text);
  const file = isList ? key : join(home, `${createHash("sha256").update(text).digest("hex")}.allowed`);
  if (!isList) writeFileSync(file, `release ${text}`);
  return ["-f", file, "-I", isList ? (text.split(" ")[0] ?? "") : "release"];
}

async function runRow(folder: string, row: KeyRow, home: string): Promise<string | undefined> {
  const at = (path: string): string => join(folder, path);
  const purpose = row.namespace === undefined ? [] : ["--namespace", row.namespace];
  const args = ["verify", "--signature", at(row.signature), "--key", at(row.key), ...purpose, "--json", "--"];
  const { stdout, exit } = await runBoltseal([...args, at(row.artifact)], { cwd: home, env: bareEnvironment(home) });
  const problem = judgeRow(row, stdout, exit) ?? otherVerdict(folder, row, home);
  return problem === undefined ? undefined : `boltseal ${args.join(" ")} ${row.artifact}\n    ${problem}`;
}

async function runRows(folder: string, rows: readonly KeyRow[], suffix: string): Promise<SuiteResult> {
  const home = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  const present = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(suffix));
  const missing = present.filter((name) => !rows.some(({ signature }) => signature === name));
  const failures: string[] = [];
  const waiting = rows.values();
  const lane = async (): Promise<void> => {
    for (const row of waiting) {
      const failure = await runRow(folder, row, home);
      if (failure !== undefined) failures.push(failure);
    }
  };
  try {
    await Promise.all([lane(), lane()]);
  } finally {
    rmSync(home, { recursive: true });
  }
  const passed = rows.length - failures.length;
  return { passed, failures: [...failures, ...missing.map((name) => `${name}: no row of the suite is about it`)] };
}

export const minisignSuite: Suite = async (folder) => await runRows(folder, MINISIGN.map(rowOf), ".minisig");

export const sshsigSuite: Suite = async (folder) => {
  const written = readFileSync(join(folder, "openssh/namespace"), "utf8");
  if (written !== UNITTEST) return { passed: 0, failures: [`openssh/namespace: ${written}, not ${UNITTEST}`] };
  return await runRows(folder, SSHSIG.map(rowOf), ".sig");
};
