// What the metadata of a Python package asks for and nothing resolves: components without a version and a digest.
// Separate, because only packages that were never installed have it.

import type { Component, Origin } from "../core/inventory.ts";
import { pythonNameKey } from "../core/package-version.ts";
import { pypiPurl } from "../core/purl.ts";
import { publicUrl } from "../core/public-url.ts";
import { createKeys } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { parseInstalledRequirement, shownRequirement } from "./installed-requirement.ts";
import type { Requirement } from "./installed-requirement.ts";
import type { PythonMetadata } from "./python-metadata.ts";

export interface RequiredOptions {
  /** `name@version` of the package that asks. */
  readonly subject: string;
  readonly shown: string;
  readonly remarks: Remarks;
}

/** More requirements are no package's. */
const MAX_REQUIREMENTS = 10_000;

/** One component for each requirement; those of extras are optional. */
export function requiredComponents(
  { requires }: Pick<PythonMetadata, "requires">,
  { subject, shown, remarks }: RequiredOptions,
): readonly Component[] {
  const keyFor = createKeys();
  const components: Component[] = [];
  if (requires.length > MAX_REQUIREMENTS) {
    const message = `it asks for more than ${MAX_REQUIREMENTS} others`;
    remarks.add({ rule: "inventory-incomplete", subject, message, file: shown });
  }
  for (const text of requires.slice(0, MAX_REQUIREMENTS)) {
    const requirement = parseInstalledRequirement(text);
    if (requirement === undefined) {
      const message = `it asks for what is no requirement: ${shownRequirement(text)}`;
      remarks.add({ rule: "component-malformed", subject, message, file: shown });
      continue;
    }
    const { origin, redacted } = originOf(requirement);
    if (redacted) {
      const message = "the address that it is asked for by holds what may be a secret";
      remarks.add({ rule: "secret-removed", subject: requirement.name, message, file: shown });
    }
    components.push(componentOf(requirement, keyFor(`declared:${pythonNameKey(requirement.name)}`), origin, shown));
  }
  return components;
}

function componentOf(
  { name, extras, specifier, marker, forExtras }: Requirement,
  key: string,
  origin: Origin,
  shown: string,
): Component {
  const asked = `${extras.length === 0 ? "" : `[${extras.join(",")}]`}${specifier ?? ""}`;
  return {
    key,
    kind: "library",
    name,
    purl: pypiPurl(name),
    digests: [],
    undigested: "asked for by a range, and not resolved",
    scope: forExtras.length === 0 ? "runtime" : "optional",
    origin,
    facts: { ...(asked === "" ? {} : { requested: asked }), ...(marker === undefined ? {} : { marker }) },
    file: shown,
  };
}

function originOf({ url }: Requirement): { readonly origin: Origin; readonly redacted: boolean } {
  if (url === undefined) return { origin: { kind: "registry" }, redacted: false };
  const found = publicUrl(url);
  if (found === undefined) return { origin: { kind: "unknown" }, redacted: false };
  const kind = found.url.startsWith("git+") ? "git" : "url";
  const where = { url: found.url, ...(found.host === undefined ? {} : { host: found.host }) };
  return { origin: { kind, ...where }, redacted: found.redacted };
}
