// Lockfiles of any size for measurements: the real ones of fixtures/sbom/real-npm, side by side as often as it takes.
// Every copy has a scope of its own, in names, keys, edges and digests, so that no two components are the same.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.ts";

type Ranges = Readonly<Record<string, string>>;

/** What npm records of a package. */
interface Entry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
  readonly optionalDependencies?: Ranges;
  readonly peerDependenciesMeta?: Readonly<Record<string, unknown>>;
}

type Packages = Readonly<Record<string, Entry>>;

const FIXTURES = join(ROOT, "fixtures/sbom/real-npm");

function realPackages(): readonly Packages[] {
  const servers = readdirSync(FIXTURES).filter((name) => !name.includes("."));
  return servers.map((server) => {
    const text = readFileSync(join(FIXTURES, server, "package-lock.json"), "utf8");
    return (JSON.parse(text) as { readonly packages: Packages }).packages;
  });
}

/** `@acme/server` in the scope of a copy. */
function renamed(name: string, scope: string): string {
  return `${scope}/${name.replace(/^@/, "").replace("/", "-")}`;
}

/** Names are the members of all that npm records of what a package asks for. */
function renamedMembers<T>(of: Readonly<Record<string, T>>, scope: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [renamed(name, scope), value]));
}

const ASKS = ["dependencies", "peerDependencies", "optionalDependencies", "peerDependenciesMeta"] as const;

function renamedEntry(name: string, entry: Entry, scope: string, copy: number): Entry {
  const own = renamed(name, scope);
  const asks = ASKS.flatMap((kind) => {
    const asked = entry[kind];
    return asked === undefined ? [] : [[kind, renamedMembers<unknown>(asked, scope)] as const];
  });
  const digest = Buffer.from(entry.integrity?.slice("sha512-".length) ?? "", "base64");
  digest.writeUInt32BE(copy, 0);
  const file = `${own.slice(own.indexOf("/") + 1)}-${entry.version ?? ""}.tgz`;
  return {
    ...entry,
    resolved: `https://registry.npm.example/${own}/-/${file}`,
    integrity: `sha512-${digest.toString("base64")}`,
    ...Object.fromEntries(asks),
  };
}

/** The copy of a project's packages, in a scope of its own; without the project itself. */
function copyOf(packages: Packages, copy: number): { readonly entries: [string, Entry][]; readonly asked: Ranges } {
  const scope = `@copy${copy}`;
  const entries = Object.entries(packages).flatMap(([key, entry]): [string, Entry][] => {
    if (key === "") return [];
    const names = key.split("node_modules/").slice(1);
    const places = names.map((name) => renamed(name.replace(/\/$/, ""), scope));
    const key2 = places.map((name) => `node_modules/${name}`).join("/");
    return [[key2, renamedEntry(names.at(-1) ?? "", entry, scope, copy)]];
  });
  return { entries, asked: renamedMembers(packages[""]?.dependencies ?? {}, scope) };
}

/**
 * Writes package.json and package-lock.json of a project with at most `count` packages.
 * @param folder is made
 * @returns how many packages it has
 */
export function writeLargeLockfile(folder: string, count: number): number {
  const servers = realPackages();
  const entries: [string, Entry][] = [];
  const dependencies: Record<string, string> = {};
  for (let copy = 0; ; copy++) {
    const next = copyOf(servers[copy % servers.length] ?? {}, copy);
    if (entries.length + next.entries.length > count) break;
    entries.push(...next.entries);
    Object.assign(dependencies, next.asked);
  }
  const project = { name: "test-only-large", version: "1.0.0", dependencies };
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const packages = Object.fromEntries<Entry>([["", project], ...sorted]);
  const lock = { name: project.name, version: project.version, lockfileVersion: 3, requires: true, packages };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...project, private: true }, null, 2)}\n`);
  writeFileSync(join(folder, "package-lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
  return entries.length;
}
