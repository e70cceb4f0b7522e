// What a component of an SBOM is called, where its name, group, purl and identifier need not agree. One of a few known
// faults of generators is mended and said; any other contradiction is refused.

import type { Remark } from "../core/inventory.ts";
import { purlDisagreement } from "../core/purl-agreement.ts";
import { packageName } from "../core/purl.ts";
import type { Purl } from "../core/purl.ts";
import { publicText } from "./bom-address.ts";

/** A remark on a component, whose subject and place its caller knows. */
export type Complaint = Pick<Remark, "rule" | "message"> & Partial<Pick<Remark, "level" | "expected" | "actual">>;

export interface Identity {
  readonly name: string;
  readonly alias?: string;
  readonly complaints: readonly Complaint[];
}

export interface Named {
  readonly group?: string | undefined;
  /** As written. */
  readonly name: string | undefined;
  /** What the document calls the element by. */
  readonly identifier: string | undefined;
  readonly purl: Purl | undefined;
  readonly version: string | undefined;
  readonly isRoot: boolean;
}

export function nameByPurl({
  group: writtenGroup = "",
  name: written,
  identifier,
  purl,
  version,
  isRoot,
}: Named): Identity {
  const group = publicText(writtenGroup).text ?? "";
  const own = publicText(written ?? "").text ?? "";
  const name = group === "" || own.startsWith(`${group}/`) ? own : `${group}${separatorOf(purl)}${own}`;
  const missing: readonly Complaint[] =
    written === undefined ? [{ rule: "sbom-invalid", message: "it has no name" }] : [];
  if (purl === undefined) return { name, complaints: missing };
  if (written === undefined) return { name: packageName(purl), complaints: missing };
  const other = purlDisagreement({ group, name: own, version }, purl);
  if (other === undefined) return { name: purl.type === "npm" ? packageName(purl) : name, complaints: [] };
  const message = `its purl has another ${other.part}`;
  const complaint = { rule: "purl-mismatch", message, expected: other.stated, actual: other.purl } as const;
  // npm calls the root by its folder, and an alias by itself: the identifier beside it is the package's.
  const isAlias = purl.type === "npm" && identifier === `${packageName(purl)}@${purl.version ?? ""}`;
  if (other.part === "name" && other.kind === "other" && isAlias) {
    const alias = isRoot ? {} : { alias: name };
    return { name: packageName(purl), ...alias, complaints: [{ ...complaint, level: "warn" }] };
  }
  // A widely used library writes npm names in lower case, which names another package.
  return { name, complaints: [other.kind === "case" ? { ...complaint, level: "warn" } : complaint] };
}

/** Maven's two parts are joined by a colon, everybody else's by a slash. */
function separatorOf(purl: Purl | undefined): string {
  return purl?.type === "maven" ? ":" : "/";
}
