// Programs of the machine that some tests compare ourselves with. Nothing but npm is needed for the suite
// to pass: where such a program is absent, its tests say so and are counted as skipped.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Tool {
  /** Where the program is; its bare name when it is absent. */
  readonly path: string;
  /** For node:test's `skip` option: why a test cannot run here, or false. */
  readonly skip: string | false;
}

/** The program of that name on PATH. */
export function tool(name: string): Tool {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && isProgram(path)) return { path, skip: false };
  }
  return { path: name, skip: `${name} is not installed` };
}

/** Why tests that need all of these programs cannot run here, or false. */
export function skipWithout(...names: readonly string[]): string | false {
  const absent = names.filter((name) => tool(name).skip !== false);
  if (absent.length === 0) return false;
  return `${absent.join(", ")} ${absent.length === 1 ? "is" : "are"} not installed`;
}

/** As a shell looks for one: what cannot be reached is not there. */
function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
