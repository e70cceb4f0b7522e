// `node build/test/hostile.js [WORDS]`: what hostile files cost, case by case (all whose name has the words in it): exit
// status, peak of memory, time, and what was said. Ends in 1 when one got through, broke down, or took too much.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOSTILE } from "./support/hostile-inputs.ts";
import { measure } from "./support/hostile-run.ts";

const words = process.argv.slice(2).join(" ");
let bad = 0;
for (const hostile of HOSTILE.filter(({ name }) => name.includes(words))) {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-hostile-"));
  try {
    const { exit, peak, seconds, said, problem } = await measure(folder, hostile.make(folder));
    if (problem !== undefined) bad += 1;
    const numbers = `${exit}  ${String(Math.round(peak / 1000)).padStart(4)} MB  ${seconds.toFixed(1).padStart(5)} s`;
    console.log(`${problem === undefined ? "ok " : "BAD"}  ${numbers}  ${hostile.name}: ${problem ?? said}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
console.log(`${bad} bad`);
process.exitCode = bad === 0 ? 0 : 1;
