// Facts that BSI TR-03183-2 asks for of each component (v2.1, section 5.2.2), and their properties of its taxonomy
// (github.com/BSI-Bund/tr-03183-cyclonedx-property-taxonomy). What the source does not prove is not written.

import type { BomProperty } from "../core/bom-properties.ts";
import type { Component } from "../core/inventory.ts";
import { fileNameOf } from "./cyclonedx-references.ts";

export interface BsiFacts {
  /** Name of the one file that is deployed, without a path. */
  readonly fileName?: string;
  /** An archive keeps the names and digests of what is in it: it is structured, too. */
  readonly isArchive?: true;
  /** It installs commands, or holds programs or native libraries. */
  readonly isExecutable?: true;
}

const ARCHIVE = /\.(?:tgz|tar|tar\.(?:gz|bz2|xz|zst)|zip|whl|egg|crate|gem|jar|mcpb|dxt|nupkg)$/i;

export function bsiFacts(component: Component): BsiFacts {
  const fileName = deployedFile(component);
  const { commands, nativeFiles, executables, mcp } = component.facts;
  const runs = [commands, nativeFiles, executables].some((list) => list !== undefined && list.length > 0);
  return {
    ...(fileName === undefined ? {} : { fileName }),
    ...(fileName !== undefined && ARCHIVE.test(fileName) ? { isArchive: true } : {}),
    ...(runs || mcp?.launch !== undefined ? { isExecutable: true } : {}),
  };
}

/** Several files to choose from are not one that is deployed. */
function deployedFile({ kind, name, origin, distributions = [] }: Component): string | undefined {
  const [only, second] = distributions;
  if (second !== undefined) return undefined;
  const { url } = only ?? (origin.kind === "registry" || origin.kind === "url" ? origin : {});
  const found = only?.fileName ?? (url === undefined ? undefined : fileNameOf(url)) ?? (kind === "file" ? name : "");
  const base = found.slice(found.lastIndexOf("/") + 1);
  return base === "" ? undefined : base;
}

export function bsiProperties(component: Component): readonly BomProperty[] {
  const { fileName, isArchive, isExecutable } = bsiFacts(component);
  return [
    ...(fileName === undefined ? [] : [{ name: "bsi:component:filename", value: fileName }]),
    ...(isExecutable === true ? [{ name: "bsi:component:executable", value: "executable" }] : []),
    ...(isArchive === true
      ? [
          { name: "bsi:component:archive", value: "archive" },
          { name: "bsi:component:structured", value: "structured" },
        ]
      : []),
  ];
}
