// The name and version inside a tarball, as evidence of registries must name them.

import type { PackageName } from "../core/package-name.ts";
import type { Judgement, SignedFile } from "./scheme.ts";

/** The npm package that the file is, or why what is said about one cannot hold for it. */
export async function packageInside(file: SignedFile): Promise<PackageName | Pick<Judgement, "state" | "reason">> {
  const inside = await file.package();
  if ("reason" in inside) {
    const reason = `the name and version inside the package, which it is about, are not known: ${inside.reason}`;
    return { state: inside.malformed === true ? "malformed" : "unsupported", reason };
  }
  if (inside.package.ecosystem === "npm") return inside.package;
  return { state: "invalid", reason: "it is about an npm package, and this is none" };
}

/**
 * Whether a package URL names exactly this version: `pkg:npm/%40scope/name@1.0.0` (purl specification, type npm). npm
 * leaves a plus sign in the version as it is, the specification escapes it.
 */
export function namesPackage(purl: string, { name, version }: Pick<PackageName, "name" | "version">): boolean {
  const path = name.replace(/^@/, "%40");
  return [version, version.replaceAll("+", "%2B")].some((text) => purl === `pkg:npm/${path}@${text}`);
}
