// What the tools that made a lockfile say is in it: npm, which is asked here and now, and what the others said when the
// fixtures were made. Nothing of src/ is used, so that no mistake is on both sides.

import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Listed, Listing } from "./listing.ts";
import { ROOT } from "./project.ts";
import { bareEnvironment, run } from "./run.ts";
import { tool } from "./tools.ts";

/** A node of `npm ls --long --json`. A dependency that may be absent, and is, has no path. */
interface NpmNode {
  readonly name?: string;
  readonly version?: string;
  /** Absolute. */
  readonly path?: string;
  /** Subresource Integrity. */
  readonly integrity?: string;
  /** Nothing that must be there asks for it. */
  readonly extraneous?: boolean;
  /** Absent also where the node was shown before. */
  readonly dependencies?: Readonly<Record<string, NpmNode>>;
}

const NO_SOCKETS = join(ROOT, "test/support/no-sockets.cjs");

/** Arguments of npm and the environment in which it reads a lockfile; opening a socket ends it. */
const LIST = ["ls", "--all", "--long", "--json", "--package-lock-only", "--no-update-notifier"];

/**
 * The packages of the lockfile in a folder, by npm.
 * @param folder without symbolic links in its path
 * @param home an empty folder
 */
export async function npmListing(folder: string, home: string): Promise<Listing> {
  const env = { ...bareEnvironment(home), NODE_OPTIONS: `--require ${JSON.stringify(NO_SOCKETS)}` };
  const { stdout, stderr, exit } = await run(tool("npm").path, LIST, { cwd: folder, env });
  if (exit !== 0) throw new Error(`npm ${LIST.join(" ")}: exit ${exit}: ${stderr}`);
  const packages = new Map<string, Listed>();
  const edges = new Set<string>();
  const walk = (node: NpmNode, from: string): void => {
    for (const child of Object.values(node.dependencies ?? {})) {
      if (child.path === undefined) continue;
      const place = relative(folder, child.path).split(sep).join("/");
      // npm shows what is extraneous below the root, which does not ask for it.
      if (from !== "" || child.extraneous !== true) edges.add(`${from} -> ${place}`);
      packages.set(place, listedNpm(child));
      walk(child, place);
    }
  };
  walk(JSON.parse(stdout) as NpmNode, "");
  return { packages, edges };
}

function listedNpm({ name = "", version = "", integrity }: NpmNode): Listed {
  const parts = integrity === undefined ? [] : integrity.split(/\s+/);
  return { name, version, digests: parts.map(digestOfIntegrity).toSorted() };
}

/** `sha512-BASE64` as `sha512:HEX`. */
function digestOfIntegrity(text: string): string {
  const dash = text.indexOf("-");
  return `${text.slice(0, dash)}:${Buffer.from(text.slice(dash + 1), "base64").toString("hex")}`;
}

/** A Python name as an index compares it (PEP 503). */
export function normalPython(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)/;
const HASH = /^\s+--hash=(sha256:[0-9a-f]{64})(?:\s|$)/;
/** Who asks for it: `# via a` on one line, or `# via` and `#   a` on one for each. */
const VIA = /^\s+#(?: via| {2}) (\S+)/;

/** A requirement, while the lines below it are read. */
interface Requirement {
  readonly listed: Listed & { readonly digests: string[] };
  readonly via: string[];
}

/**
 * A requirements file as uv and pip-compile write one: `name==version ; marker \`, then a line for each hash, then who
 * asks for it. The edges are between names; whoever is no package of the file is the project, whose name is empty.
 */
export function requirementsListing(path: string): Listing {
  const found: Requirement[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [, name, version] = REQUIREMENT.exec(line) ?? [];
    const [, hash] = HASH.exec(line) ?? [];
    const [, via] = VIA.exec(line) ?? [];
    if (name !== undefined && version !== undefined)
      found.push({ listed: { name: normalPython(name), version, digests: [] }, via: [] });
    else if (hash !== undefined) found.at(-1)?.listed.digests.push(hash);
    else if (via !== undefined) found.at(-1)?.via.push(normalPython(via));
    else if (/^(?!#|\s+# via$|$)/.test(line)) throw new Error(`${path}: not understood: ${line}`);
  }
  for (const { listed } of found) listed.digests.sort();
  const names = new Set(found.map(({ listed }) => listed.name));
  // uv does not say that a dependency group asks for something.
  const edges = found.flatMap(({ listed, via }) =>
    (via.length === 0 ? [""] : via).map((from) => `${names.has(from) ? from : ""} -> ${listed.name}`),
  );
  const packages = new Map(found.map(({ listed }) => [`${listed.name}@${listed.version}`, listed]));
  return { packages, edges: new Set(edges) };
}

interface ReportRow {
  readonly name: string;
  readonly version: string;
  readonly hashes: Readonly<Record<string, string>>;
}

/** What pip would install, each with the hash of the one file that it chose. */
export function pipListing(path: string): Listing {
  const rows = JSON.parse(readFileSync(path, "utf8")) as readonly ReportRow[];
  const packages = rows.map(({ name, version, hashes }) => {
    const digests = Object.entries(hashes).map(([algorithm, hex]) => `${algorithm}:${hex}`);
    return [`${normalPython(name)}@${version}`, { name: normalPython(name), version, digests }] as const;
  });
  return { packages: new Map(packages) };
}

/** A list of `name@version`, one a line. */
export function namesListing(path: string): ReadonlySet<string> {
  return new Set(readFileSync(path, "utf8").trim().split("\n"));
}
