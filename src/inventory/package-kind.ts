// Which kind of package a file is, by its name. Separate from the reading of packages, because it is asked of every
// artifact, and nothing else of that is loaded before the answer is one.

export type PackageKind = "npm" | "wheel" | "sdist" | "mcpb";

const ENDINGS: readonly (readonly [ending: string, kind: PackageKind])[] = [
  [".tgz", "npm"],
  [".tar.gz", "sdist"],
  [".whl", "wheel"],
  [".mcpb", "mcpb"],
  // What bundles were called before.
  [".dxt", "mcpb"],
];

/** The kind of package that a file of this name is, or undefined. Case does not count. */
export function packageKindOf(fileName: string): PackageKind | undefined {
  const folded = fileName.toLowerCase();
  return ENDINGS.find(([ending]) => folded.endsWith(ending))?.[1];
}
