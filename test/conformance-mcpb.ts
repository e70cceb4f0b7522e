// The vectors of mcpb: bundles with good, damaged and forged signature blocks, given to the program.

import { spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSignedData } from "../src/verify/cms-read.ts";
import { readSignatureBlock } from "../src/core/mcpb-block.ts";
import { readDer } from "../src/verify/x509-der.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { SuiteResult } from "./support/suite.ts";
import { tool } from "./support/tools.ts";

/** After the vectors were made. */
const AT = "2026-12-01T00:00:00Z";

interface Expectation {
  /** Of the evidence in the bundle. */
  readonly state: string;
  readonly exit: number;
  /** A rule that must be among the findings. */
  readonly rule?: string;
}

/** What the texts of expected.json mean when nobody is pinned, and when the certificate of the vectors is. */
function expectations(text: string): readonly [unpinned: Expectation, pinned: Expectation] | undefined {
  const verified = { state: "verified", exit: 0 };
  const untrusted = { state: "untrusted-signer", exit: 2 };
  if (text === "unsigned")
    return [
      { state: text, exit: 2 },
      { state: text, exit: 1 },
    ];
  if (text.startsWith("malformed"))
    return [
      { state: "malformed", exit: 1 },
      { state: "malformed", exit: 1 },
    ];
  if (text === "invalid")
    return [
      { state: text, exit: 1 },
      { state: text, exit: 1 },
    ];
  if (text.startsWith("valid, self-signed")) return [untrusted, verified];
  const rule = "signature-comment-restored";
  if (text.startsWith("valid after restoring"))
    return [
      { ...untrusted, rule },
      { ...verified, rule },
    ];
  return undefined;
}

interface JsonReport {
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string }[] }[];
  readonly findings: readonly { readonly rule: string }[];
}

/** Each vector twice: without trust, and with the certificate that signed them pinned. */
export async function mcpbSuite(folder: string): Promise<SuiteResult> {
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Readonly<Record<string, string>>;
  const pin = ["--fingerprint", signerOf(readFileSync(join(folder, "sig.der")))];
  const failures: string[] = [];
  for (const [name, text] of Object.entries(expected)) {
    const both = expectations(text);
    const problems =
      both === undefined
        ? [`expected.json says what is not known here: ${text}`]
        : [await runVector(folder, name, [], both[0]), await runVector(folder, name, pin, both[1])];
    problems.push(otherVerdict(readFileSync(join(folder, name)), text));
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length > 0) failures.push(`${name}: ${found.join("; ")}`);
  }
  return { passed: Object.keys(expected).length - failures.length, failures };
}

/** Whether OpenSSL says otherwise of the block that stands at the end, over what stands before it; where it is installed. */
function otherVerdict(bundle: Buffer, text: string): string | undefined {
  const { path: openssl, skip } = tool("openssl");
  const block = readSignatureBlock(bundle.length, (offset, length) => bundle.subarray(offset, offset + length));
  if (skip !== false || block.kind !== "signed") return undefined;
  const work = mkdtempSync(join(tmpdir(), "boltseal-mcpb-"));
  try {
    const content = Buffer.from(bundle.subarray(0, block.end));
    if (text.startsWith("valid after restoring")) content.writeUInt16LE(0, content.length - 2);
    writeFileSync(join(work, "content"), content);
    writeFileSync(join(work, "der"), block.der);
    const args = ["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", "der", "-content", "content"];
    const { status } = spawnSync(openssl, [...args, "-out", "out"], { cwd: work });
    if ((status === 0) === text.startsWith("valid")) return undefined;
    return `openssl ${args.join(" ")} ends with ${status}, and it is expected to be ${text}`;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** SHA-256 of the one certificate in a signature. */
function signerOf(der: Uint8Array): string {
  const [certificate] = readSignedData(readDer(der)).certificates;
  if (certificate === undefined) throw new Error("the vectors hold no certificate");
  return createHash("sha256").update(new X509Certificate(certificate.der).raw).digest("hex");
}

async function runVector(
  folder: string,
  name: string,
  trust: readonly string[],
  { state, exit, rule }: Expectation,
): Promise<string | undefined> {
  const top = mkdtempSync(join(tmpdir(), "boltseal-mcpb-"));
  try {
    const cwd = join(top, "work");
    mkdirSync(cwd);
    copyFileSync(join(folder, name), join(cwd, name));
    const args = ["verify", "--at", AT, ...trust, "--json", "--", name];
    const answer = await runBoltseal(args, { cwd, env: bareEnvironment(join(top, "home")) });
    if (answer.stdout === "") return `no report, exit ${answer.exit}: ${answer.stderr.trim()}`;
    const report = JSON.parse(answer.stdout) as JsonReport;
    const states = report.subjects.flatMap(({ evidence }) => evidence.map((one) => one.state));
    const rules = report.findings.map((finding) => finding.rule);
    const asExpected = states.length === 1 && states[0] === state && (rule === undefined || rules.includes(rule));
    if (asExpected && answer.exit === exit) return undefined;
    return `expected ${state} and exit ${exit}, got ${states.join(", ")} and exit ${answer.exit} (${rules.join(", ")})`;
  } finally {
    rmSync(top, { recursive: true });
  }
}
