// The files that git tracks, as text, for tests about the whole project.

import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.ts";
import { tool } from "./tools.ts";

/** For node:test's `skip` option: why tracked files are not known here (a package, an export), or false. */
export const SKIP_WITHOUT_GIT: string | false = existsSync(join(ROOT, ".git"))
  ? tool("git").skip
  : "not a git checkout";

export interface TrackedFile {
  /** Below the project's root. */
  readonly path: string;
  /** One character a byte, so that patterns see binary files too. */
  readonly text: string;
}

export function trackedFiles(): readonly TrackedFile[] {
  const list = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" });
  const paths = list.split("\0").filter((path) => path !== "" && existsSync(join(ROOT, path)));
  return paths
    .filter((path) => lstatSync(join(ROOT, path)).isFile())
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), "latin1") }));
}
