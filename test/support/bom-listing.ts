// What an SBOM of the built program says, as a listing. It reads CycloneDX by itself, so that a mistake of our own reader
// of SBOMs does not hide one of the writer.

import type { Listed, Listing } from "./listing.ts";
import { bareEnvironment, runBoltseal } from "./run.ts";

interface Hash {
  /** `SHA-512`. */
  readonly alg: string;
  readonly content: string;
}

interface BomComponent {
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly hashes?: readonly Hash[];
  readonly externalReferences?: readonly { readonly type: string; readonly hashes?: readonly Hash[] }[];
  readonly evidence?: { readonly occurrences?: readonly { readonly location: string }[] };
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** The part of a CycloneDX document that is looked at. */
export interface Bom {
  readonly metadata: { readonly component: BomComponent };
  readonly components?: readonly BomComponent[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

/** The SBOM of a path, by the built program. @throws Error when it says that something is wrong */
export async function writtenBom(path: string, cwd: string, home: string): Promise<Bom> {
  const { stdout, stderr, exit } = await runBoltseal(["sbom", path], { cwd, env: bareEnvironment(home) });
  if (exit !== 0) throw new Error(`boltseal sbom ${path}: exit ${exit}: ${stderr}`);
  return JSON.parse(stdout) as Bom;
}

function hashText({ alg, content }: Hash): string {
  return `${alg.toLowerCase().replace(/^sha-/, "sha")}:${content}`;
}

/** Digests of the component, of each file that it can be installed from, and those that CycloneDX has no field for. */
function digestsOf({ hashes = [], externalReferences = [], properties = [] }: BomComponent): readonly string[] {
  const files = externalReferences.filter(({ type }) => type === "distribution");
  const written = properties
    .filter(({ name }) => name === "boltseal:distribution")
    .flatMap(({ value }) => (JSON.parse(value) as { readonly digests: readonly string[] }).digests);
  const all = [...[hashes, ...files.map((file) => file.hashes ?? [])].flat().map(hashText), ...written];
  return [...new Set(all)].toSorted();
}

function listedOf(component: BomComponent): Listed {
  const { group, name, version = "" } = component;
  return { name: group === undefined ? name : `${group}/${name}`, version, digests: digestsOf(component) };
}

/**
 * The components by place. Copies that agree are one component with several places; their edges are one's, so the
 * edges are between components.
 */
export function bomListing(bom: Bom): Listing & { readonly refs: ReadonlyMap<string, string> } {
  const packages = new Map<string, Listed>();
  const refs = new Map<string, string>([["", bom.metadata.component["bom-ref"]]]);
  for (const component of bom.components ?? []) {
    for (const { location } of component.evidence?.occurrences ?? []) {
      if (packages.has(location)) throw new Error(`two components at ${location}`);
      packages.set(location, listedOf(component));
      refs.set(location, component["bom-ref"]);
    }
  }
  const edges = (bom.dependencies ?? []).flatMap(({ ref, dependsOn = [] }) => dependsOn.map((to) => `${ref} -> ${to}`));
  return { packages, edges: new Set(edges), refs };
}

/** All components without their places. */
export function bomPackages(bom: Bom): readonly Listed[] {
  return (bom.components ?? []).map(listedOf);
}

/** `name -> name`; the name of what it is all for is empty. */
export function bomNamedEdges(bom: Bom): ReadonlySet<string> {
  const names = new Map((bom.components ?? []).map((component) => [component["bom-ref"], listedOf(component).name]));
  names.set(bom.metadata.component["bom-ref"], "");
  const nameOf = (ref: string): string => names.get(ref) ?? `nothing called ${ref}`;
  return new Set(
    (bom.dependencies ?? []).flatMap(({ ref, dependsOn = [] }) =>
      dependsOn.map((to) => `${nameOf(ref)} -> ${nameOf(to)}`),
    ),
  );
}
