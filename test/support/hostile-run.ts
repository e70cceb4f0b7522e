// Runs the program on hostile files, and says what it cost and whether it ended as it must.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./project.ts";
import { bareEnvironment, boltsealWords } from "./run.ts";

export interface Cost {
  readonly exit: number | string;
  /** Most memory that was resident, kB. */
  readonly peak: number;
  readonly seconds: number;
  /** The rules of the report, or what was said in its place. */
  readonly said: string;
  /** What must not be: undefined when all is well. */
  readonly problem: string | undefined;
}

/** kB. */
const MAX_PEAK = 300_000;
const MAX_SECONDS = 60;
const PEAK = join(ROOT, "test/support/peak.cjs");

/** Runs `boltseal verify` in a folder. */
export async function measure(folder: string, words: readonly string[]): Promise<Cost> {
  const args = ["--require", PEAK, ...boltsealWords(["verify", "--json", ...words], { sockets: false })];
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: bareEnvironment(join(folder, "home")),
    timeout: MAX_SECONDS * 1000,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const exit = await new Promise<number | string>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal ?? "nothing"));
  });
  const seconds = (performance.now() - start) / 1000;
  const [, stderr = "", peak = "0"] = /^([^]*)\npeak (\d+)\n$/.exec(Buffer.concat(err).toString()) ?? [];
  const cost = { exit, peak: Number(peak), seconds, said: whatWasSaid(Buffer.concat(out).toString(), stderr) };
  return { ...cost, problem: problemOf(cost, stderr) };
}

function whatWasSaid(stdout: string, stderr: string): string {
  if (stdout === "") return stderr.trim().slice(0, 200);
  const report = JSON.parse(stdout) as {
    findings: readonly { rule: string; level: string; message: string }[];
  };
  const decisive = report.findings.filter(({ level }) => level === "reject" || level === "unknown");
  return [...new Set(decisive.map(({ rule, message }) => `${rule} (${message.slice(0, 90)})`))].slice(0, 3).join(", ");
}

function problemOf({ exit, peak, said }: Omit<Cost, "problem">, stderr: string): string | undefined {
  if (exit === 0) return "it ended in success";
  if (exit !== 1 && exit !== 2) return `it ended by ${exit}: ${stderr.slice(0, 300)}`;
  if (/internal error|^\s+at /m.test(stderr)) return stderr.trim().slice(0, 300);
  if (said === "") return "it said nothing";
  return peak > MAX_PEAK || peak === 0 ? `it took ${peak} kB (${said})` : undefined;
}
