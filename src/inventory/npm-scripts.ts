// What npm runs when a package is installed, by the package's own manifest. Pure, because folders, tarballs and bundles
// are all asked.
//
//   a dependency from a registry   preinstall, install, postinstall
//   binding.gyp, no install and    install is `node-gyp rebuild`, unless the manifest says `"gypfile": false`
//   no preinstall
//   what is built where it lies    also prepublish, preprepare, prepare, postprepare
//   (root, links, git)
//
// Source: npm's documentation, "scripts", "Life Cycle Operation Order"; @npmcli/arborist lib/arborist/rebuild.js.

import { createHash } from "node:crypto";
import type { InstallScript } from "../core/inventory.ts";
import { objectMember, member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";

export interface ScriptCircumstances {
  /** Bytes of the `binding.gyp` beside the manifest; absent where there is none. */
  readonly bindingGyp?: Uint8Array | undefined;
  /** True for the project itself, for links to folders and for packages from git: npm builds them. */
  readonly built?: boolean;
}

/** In the order in which npm runs them. */
const INSTALLED = ["preinstall", "install", "postinstall"];
const BUILT = ["prepublish", "preprepare", "prepare", "postprepare"];

/** The scripts that npm runs for a package with this manifest, in the order in which it does. Empty: none. */
export function installScripts(
  manifest: JsonObject,
  { bindingGyp, built }: ScriptCircumstances,
): readonly InstallScript[] {
  const scripts = objectMember(manifest, "scripts") ?? {};
  const bodies = new Map<string, string>();
  for (const name of built === true ? [...INSTALLED, ...BUILT] : INSTALLED) {
    const body = member(scripts, name);
    // npm drops scripts that are no text, and runs none that is empty.
    if (typeof body === "string" && body !== "") bodies.set(name, body);
  }
  const implied =
    bindingGyp !== undefined &&
    member(manifest, "gypfile") !== false &&
    !bodies.has("install") &&
    !bodies.has("preinstall");
  return [
    ...(implied ? [{ name: "node-gyp", sha256: sha256(bindingGyp) }] : []),
    ...[...bodies].map(([name, body]) => ({ name, sha256: sha256(body) })),
  ];
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
