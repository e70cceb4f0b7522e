// Archives that Python packages are in: which of their files are kept to be read, and with which hashes they are read.

import type { ContentAlgorithm } from "../io/archive-examine.ts";
import { readPackageArchive } from "./package-archive.ts";
import type { ArchiveRequest, PackageArchive } from "./package-archive.ts";
import { MAX_METADATA, MAX_RECORD } from "./python-installed.ts";
import type { SourceInput } from "./source.ts";

const MIB = 1 << 20;

/** How many bytes of an entry that describes a Python package are kept, or undefined. */
export function wantedOfPython(name: string): number | undefined {
  const [, file = ""] = /(?:^|\/)[^/]+\.(?:dist|egg)-info\/([^/]+)$/.exec(name) ?? [];
  if (file === "METADATA" || file === "PKG-INFO") return MAX_METADATA;
  if (file === "RECORD") return MAX_RECORD;
  return ["WHEEL", "entry_points.txt", "direct_url.json", "top_level.txt"].includes(file) ? MIB : undefined;
}

/** Reads it with the hashes that its RECORDs ask for: with SHA-256 first, which is what all but few of them have. */
export async function readPythonArchive(
  input: SourceInput,
  format: ArchiveRequest["format"],
  wanted: ArchiveRequest["wanted"] = wantedOfPython,
): Promise<PackageArchive> {
  const archive = await readPackageArchive(input, { format, wanted });
  const others = (["sha384", "sha512"] as const).filter((algorithm) => isAskedFor(archive, algorithm));
  if (others.length === 0) return archive;
  return readPackageArchive(input, { format, wanted, examined: ["sha256", ...others] });
}

function isAskedFor({ contents }: PackageArchive, algorithm: ContentAlgorithm): boolean {
  for (const [name, bytes] of contents) {
    if (name.endsWith("/RECORD") && Buffer.from(bytes).includes(`,${algorithm}=`)) return true;
  }
  return false;
}
