// What a package.json asks for and nothing resolves: a component without a version and without a digest. Separate,
// because only packages that were never installed have it.

import type { Component, Origin, Remark, Scope } from "../core/inventory.ts";
import { isNpmName } from "../core/package-version.ts";
import { npmPurl } from "../core/purl.ts";
import type { Remarks } from "./component-key.ts";
import type { Unmet } from "./npm-links.ts";
import { parseAddress } from "./npm-origin.ts";

export interface DeclaredOptions {
  /** Name of the package that asks. */
  readonly root: string;
  readonly shown: string;
  readonly remarks: Remarks;
}

/** A range or a tag of a registry: no address. `npm:name@range` names another package. */
const RANGE = /^(?:npm:(?<target>(?:@[^/@]+\/)?[^/@]+)(?:@|$))?(?<range>[^:/]*)$/;

export function declaredComponent(
  { name, range, why }: Pick<Unmet, "name" | "range" | "why">,
  { root, shown, remarks }: DeclaredOptions,
): Component {
  const scope: Scope = why;
  const common = { key: `declared:${name}`, kind: "library", digests: [], scope, file: shown } as const;
  const { target = name, range: wanted } = RANGE.exec(range)?.groups ?? {};
  const report = (rule: Remark["rule"], message: string): void =>
    remarks.add({ rule, subject: name, message, file: shown, path: [root] });
  if (!isNpmName(target)) report("component-malformed", "it is asked for by a name that no npm package can have");
  const alias = target === name ? {} : { alias: name };
  if (wanted !== undefined) {
    return {
      ...common,
      name: target,
      ...(isNpmName(target) ? { purl: npmPurl(target) } : {}),
      undigested: "asked for by a range, and not resolved",
      origin: { kind: "registry" },
      facts: { ...alias, requested: wanted },
    };
  }
  const { origin, redacted, qualifiers } = parseAddress(range);
  if (redacted) report("secret-removed", "the address that it is asked for by holds what may be a secret");
  return {
    ...common,
    name,
    ...(isNpmName(name) ? { purl: npmPurl(name, undefined, qualifiers) } : {}),
    undigested: undigestedBy(origin),
    origin,
    facts: {},
  };
}

function undigestedBy(origin: Origin): string {
  if (origin.kind === "git" && origin.commit !== undefined) return `pinned by git commit ${origin.commit}`;
  return "asked for by an address, and not resolved";
}
