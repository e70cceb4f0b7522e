// Version and purl of a component as far as they may stand in an SBOM. One that contradicts its component, or breaks the
// schema, would make the whole document worthless: it is written where nobody matches by it.

import type { PropertyFacts } from "../core/bom-properties.ts";
import type { Component } from "../core/inventory.ts";
import { purlDisagreement } from "../core/purl-agreement.ts";
import { parsePurl } from "../core/purl.ts";

interface Identifiers {
  readonly version?: string;
  readonly purl?: string;
  /** To be written as properties. */
  readonly elsewhere: Pick<PropertyFacts, "version" | "contradictingPurl">;
}

/** CycloneDX, `definitions/version`. */
const MAX_VERSION = 1024;

/** @param checksPurls whether a purl may contradict its component: in what was read from an SBOM */
export function identifiers(component: Component, checksPurls: boolean): Identifiers {
  const { version, purl } = component;
  const tooLong = version !== undefined && version.length > MAX_VERSION;
  const wrong = purl !== undefined && checksPurls && contradicts(component, purl);
  return {
    ...(version === undefined || version === "" || tooLong ? {} : { version }),
    ...(purl === undefined || wrong ? {} : { purl }),
    elsewhere: { ...(tooLong ? { version } : {}), ...(wrong ? { contradictingPurl: purl } : {}) },
  };
}

function contradicts(component: Component, text: string): boolean {
  const purl = parsePurl(text);
  return purl === undefined || purlDisagreement(component, purl) !== undefined;
}
