// Policy files as weighing takes them, without a disk.

import { readPolicy } from "../../src/policy/read.ts";
import type { Vouching, WeighedFile } from "../../src/policy/authority.ts";

export const NOW = new Date("2026-06-01T00:00:00Z");
export const [A, B, C] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [string, string, string];
export const SHA256 = "5".repeat(64);
export const NOBODY: Vouching = { distrust: { because: "nobody vouched for this policy" } };
export const SOMEBODY: Vouching = { by: "somebody" };

export const SOURCES = {
  flag: "named.json",
  machine: "/etc/boltseal/boltseal.json",
  user: "~/.config/boltseal/boltseal.json",
  project: "boltseal.json",
} as const;

/** A policy file of a level; the project's is one that nobody vouched for unless said otherwise. */
export function file(
  level: keyof typeof SOURCES,
  members: object,
  vouching = level === "project" ? NOBODY : SOMEBODY,
): WeighedFile {
  const text = JSON.stringify({ version: 1, ...members }, null, 1);
  const document = readPolicy(Buffer.from(text), { source: SOURCES[level], directory: `/${level}`, now: NOW });
  return { document, level, sha256: "0".repeat(64), vouching };
}
