// Properties by which other generators say what CycloneDX has no field for: those of npm's taxonomy
// (CycloneDX/cyclonedx-property-taxonomy, cdx/npm.md), cdxgen's and Syft's. Ours are read in core/.

import type { BomProperty } from "../core/bom-properties.ts";
import type { Facts } from "../core/inventory.ts";

export interface ForeignFacts {
  readonly facts: Facts;
  readonly development: boolean;
  readonly location?: string;
  /** A Subresource Integrity string. */
  readonly integrity?: string;
}

/** Of these the value `true` is a fact. */
const FLAGS: ReadonlyMap<string, "bundled" | "extraneous" | "private"> = new Map([
  ["cdx:npm:package:bundled", "bundled"],
  ["cdx:npm:inBundle", "bundled"],
  ["cdx:npm:package:extraneous", "extraneous"],
  ["cdx:npm:package:private", "private"],
]);

const ENGINE = "cdx:npm:package:constraint:engine:";

/** The first of several properties of one name counts. */
export function foreignFacts(properties: readonly BomProperty[]): ForeignFacts {
  const values = new Map<string, string>();
  const flags = new Map<string, true>();
  const engines: string[] = [];
  for (const { name, value } of properties) {
    const flag = FLAGS.get(name);
    if (flag !== undefined && value === "true") flags.set(flag, true);
    if (name.startsWith(ENGINE)) engines.push(`${name.slice(ENGINE.length)} ${value}`);
    if (!values.has(name)) values.set(name, value);
  }
  const scripts = values.get("cdx:npm:hasInstallScript") === "true" ? { installScripts: [{}] } : {};
  const location = values.get("cdx:npm:package:path") ?? values.get("syft:location:0:path");
  const integrity = values.get("syft:metadata:integrity");
  return {
    facts: { ...Object.fromEntries(flags), ...(engines.length === 0 ? {} : { engines }), ...scripts },
    development: values.get("cdx:npm:package:development") === "true",
    ...(location === undefined ? {} : { location }),
    ...(integrity === undefined ? {} : { integrity }),
  };
}
