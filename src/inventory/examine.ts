// What inventories say when all their components are looked at together: digests that contradict one another, that are
// missing or broken, names that deceive. Pure, and asked of every source alike, so that no reader can forget it.

import type { Digest } from "../core/digest.ts";
import { isWeak } from "../core/digest.ts";
import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { isPrintable } from "../core/printable.ts";
import { RULES } from "../core/rules.ts";
import { componentName, placeOf } from "./component-name.ts";
import { changedCopies, conflicts } from "./conflicts.ts";

/** Remarks that the readers' own do not hold already. */
export function examine(inventories: readonly Inventory[]): readonly Remark[] {
  const known = new Set(inventories.flatMap(({ remarks }) => remarks.map(remarkKey)));
  const remarks = [
    ...inventories.flatMap((inventory) => [
      ...emptiness(inventory),
      ...inventory.components.flatMap(nameRemarks),
      ...digestRemarks(inventory),
      ...changedCopies(inventory),
    ]),
    ...conflicts(inventories),
  ];
  return remarks.filter((remark) => !known.has(remarkKey(remark)));
}

/** With the level: what a reader only warned of must not hide what rejects. */
function remarkKey({ rule, level, subject }: Remark): string {
  return `${rule} ${level ?? RULES[rule].level} ${subject}`;
}

/** A package, program or file is a component itself; a lockfile or folder without components says nothing. */
function emptiness({ path, root, components }: Inventory): readonly Remark[] {
  if (components.length > 0 || root.digests.length > 0) return [];
  return [{ rule: "inventory-empty", subject: path, message: "it names no component" }];
}

/** Longer names and versions are attacks on whoever shows them. */
const MAX_NAME = 1000;

function nameRemarks(component: Component): readonly Remark[] {
  const { name, version } = component;
  const whats = [
    ...(name.trim() === "" ? ["its name is empty"] : []),
    ...[name, version ?? ""]
      .filter((text) => !isPrintable(text))
      .map(() => "its name or version holds characters that are not seen"),
    ...(name.length > MAX_NAME || (version ?? "").length > MAX_NAME ? ["its name or version is too long"] : []),
  ];
  return whats.slice(0, 1).map((message) => ({
    rule: "component-malformed",
    subject: componentName(component),
    message,
    ...placeOf(component),
  }));
}

/** Every digest that speaks for a component. */
export function digestsOf({ digests, distributions }: Component): readonly Digest[] {
  return [...digests, ...(distributions ?? []).flatMap((distribution) => distribution.digests)];
}

/** Of these a package manager gets an archive that a digest could speak for. */
const FETCHED: readonly Component["origin"]["kind"][] = ["registry", "url", "file", "unknown"];

/** A digest is missing where an archive is fetched, or a reference that can move, and nothing else was recorded. */
function lacksDigest(component: Component): boolean {
  const { origin, facts } = component;
  if (digestsOf(component).length > 0 || facts.goSum !== undefined || facts.otherChecksums !== undefined) return false;
  if (origin.kind === "git") return origin.commit === undefined;
  return FETCHED.includes(origin.kind) && component.kind !== "file" && facts.linked !== true && facts.bundled !== true;
}

function digestRemarks(inventory: Inventory): readonly Remark[] {
  const { components } = inventory;
  const lacking = components.filter(lacksDigest);
  const weak = components.filter((component) => {
    const digests = digestsOf(component);
    return digests.length > 0 && digests.every(({ algorithm }) => isWeak(algorithm));
  });
  return [
    ...counted("integrity-missing", inventory, lacking, "no digest"),
    ...counted("integrity-weak", inventory, weak, "only a broken digest"),
  ];
}

/** One remark for all components of a kind: a lockfile of an old format would else bury everything. */
function counted(
  rule: "integrity-missing" | "integrity-weak",
  { path, components }: Inventory,
  found: readonly Component[],
  what: string,
): readonly Remark[] {
  if (found.length === 0) return [];
  const names = found.slice(0, 5).map(componentName);
  const have = found.length === 1 ? "has" : "have";
  const message = `${found.length} of ${components.length} ${have} ${what}: ${names.join(", ")}${found.length > 5 ? ", …" : ""}`;
  return [{ rule, subject: path, message }];
}
