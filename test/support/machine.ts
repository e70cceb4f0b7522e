// A machine of its own for the built program: home, working directory, a folder for temporary files in which
// nothing may stay, and https servers that its user trusts. Unlike support/downloads.ts it starts processes.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { startServer, testIdentity } from "./https-server.ts";
import type { Route, TestServer } from "./https-server.ts";
import { ROOT } from "./project.ts";
import { bareEnvironment, boltsealWords, run } from "./run.ts";
import type { RunResult } from "./run.ts";

/** What tests ask of a report. */
interface JsonReport {
  readonly verdict: string;
  readonly subjects: readonly {
    readonly id: string;
    readonly evidence: readonly { readonly scheme: string; readonly state: string; readonly source?: string }[];
  }[];
  readonly findings: readonly { readonly rule: string; readonly level: string; readonly message: string }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

export interface Machine {
  readonly cwd: string;
  readonly home: string;
  /** TMPDIR. */
  readonly temporary: string;
  /** Filled by the test; `server` serves them as `localhost`. */
  readonly routes: Record<string, Route>;
  readonly server: TestServer;
  /** `localhost:PORT`. */
  readonly host: string;
  /** The authority of the servers' certificates is trusted through NODE_EXTRA_CA_CERTS. */
  readonly env: Record<string, string>;
  /** `https://localhost:PORT` and the path. */
  url(path: string): string;
  /** Writes a file of the user; its folders are made. */
  write(path: string, text: string | Uint8Array): void;
  /** `boltseal verify …`, with a network. */
  verify(...words: readonly string[]): Promise<RunResult>;
  /** The same, with its report. @throws Error when there is none */
  report(...words: readonly string[]): Promise<Judged>;
  /** The same, started and not waited for. */
  start(...words: readonly string[]): ChildProcess;
  /** What is there of temporary files. */
  leftOver(): readonly string[];
}

export interface Judged extends JsonReport {
  readonly exit: number;
  /** Of findings that are more than notes. */
  readonly rules: readonly string[];
  /** Scheme and state of each piece of evidence. */
  readonly states: readonly string[];
}

/** A file of fixtures/verify. */
export function fixture(path: string): Buffer {
  return readFileSync(join(ROOT, "fixtures/verify", path));
}

/** A machine that goes with the test. Needs openssl. */
export async function startMachine(t: TestContext): Promise<Machine> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-machine-")));
  t.after(() => rmSync(top, { recursive: true }));
  const [cwd, home, temporary] = [join(top, "work"), join(top, "home"), join(top, "tmp")];
  for (const folder of [cwd, home, temporary]) mkdirSync(folder);
  const write = (path: string, text: string | Uint8Array): void => {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text, { mode: 0o600 });
  };
  write("authority.pem", testIdentity().ca);
  const env = { ...bareEnvironment(home), TMPDIR: temporary, NODE_EXTRA_CA_CERTS: join(top, "authority.pem") };
  const routes: Record<string, Route> = {};
  const server = await startServer(routes);
  t.after(() => server.close());
  const nodeWords = (words: readonly string[]): readonly string[] =>
    boltsealWords(["verify", ...words], { sockets: true });
  const verify = (...words: readonly string[]): Promise<RunResult> =>
    run(process.execPath, nodeWords(words), { cwd, env });
  return {
    ...{ cwd, home, temporary, routes, server, env, write, verify },
    host: `localhost:${server.port}`,
    url: (path) => server.url(path, "localhost"),
    report: async (...words) => judged(await verify("--json", ...words)),
    start: (...words) => spawn(process.execPath, nodeWords(words), { cwd, env, stdio: ["ignore", "pipe", "pipe"] }),
    leftOver: () => readdirSync(temporary),
  };
}

function judged({ stdout, stderr, exit }: RunResult): Judged {
  if (stdout === "") throw new Error(`exit ${exit} without a report: ${stderr}`);
  const report = JSON.parse(stdout) as JsonReport;
  const rules = report.findings.flatMap(({ rule, level }) => (level === "note" ? [] : [rule]));
  const states = report.subjects.flatMap(({ evidence }) => evidence.map(({ scheme, state }) => `${scheme} ${state}`));
  return { ...report, exit, rules, states };
}

/** How a program ended, when all that it wrote was read. */
export function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  child.stdout?.resume();
  child.stderr?.resume();
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo(); waited += 10) {
    if (waited > 20_000) throw new Error("it never came to it");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** What lies at a path, or undefined. */
export function bytesAt(path: string): Buffer | undefined {
  return existsSync(path) ? readFileSync(path) : undefined;
}
