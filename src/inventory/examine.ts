// What inventories say when all their components are looked at together: digests that contradict one another, that are
// missing or broken, names that deceive. Pure, and asked of every source alike, so that no reader can forget it.

import type { Digest } from "../core/digest.ts";
import { isWeak } from "../core/digest.ts";
import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { isPrintable } from "../core/printable.ts";

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

function remarkKey({ rule, subject }: Remark): string {
  return `${rule} ${subject}`;
}

/** How findings call a component. */
export function componentName({ name, version }: Pick<Component, "name" | "version">): string {
  return version === undefined ? name : `${name}@${version}`;
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

function placeOf({ file, line, location }: Component): Partial<Remark> {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(location === undefined ? {} : { path: [location] }),
  };
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

/**
 * Copies inside one tree that have no digest of an archive, of one package in one version, with other files. A warning:
 * whoever made the tree may have left files out of one, or built it for another Python.
 */
function changedCopies({ components }: Inventory): readonly Remark[] {
  const first = new Map<string, { readonly component: Component; readonly checksum: string }>();
  return components.flatMap((component): readonly Remark[] => {
    const { purl, version, facts } = component;
    const checksum = facts.otherChecksums?.find((text) => text.startsWith("files:"));
    if (purl === undefined || version === undefined || checksum === undefined) return [];
    const seen = first.get(purl);
    if (seen === undefined) first.set(purl, { component, checksum });
    if (seen === undefined || seen.checksum === checksum) return [];
    return [
      {
        rule: "integrity-conflict",
        level: "warn",
        subject: componentName(component),
        message: `it has other files than the copy at ${seen.component.location ?? seen.component.key}`,
        expected: seen.checksum,
        actual: checksum,
        ...placeOf(component),
      },
    ];
  });
}

/** Digests of one thing that a purl names: the archive, or one of its files. */
interface Copy {
  readonly component: Component;
  readonly inventory: Inventory;
  readonly digests: readonly Digest[];
}

/** All copies of each archive, by purl and file name. */
function copiesOf(inventories: readonly Inventory[]): ReadonlyMap<string, Copy[]> {
  const copies = new Map<string, Copy[]>();
  const add = (key: string, copy: Copy): void => {
    const same = copies.get(key);
    if (same === undefined) copies.set(key, [copy]);
    else same.push(copy);
  };
  for (const inventory of inventories) {
    for (const component of [inventory.root, ...inventory.components]) {
      const { purl, digests, distributions } = component;
      if (purl === undefined || component.version === undefined) continue;
      if (digests.length > 0) add(purl, { component, inventory, digests });
      for (const { fileName, url, digests: own } of distributions ?? []) {
        const name = fileName ?? url?.slice(url.lastIndexOf("/") + 1);
        if (name !== undefined && own.length > 0) add(`${purl} ${name}`, { component, inventory, digests: own });
      }
    }
  }
  return copies;
}

/** The values of each algorithm, as one text. */
function byAlgorithm(digests: readonly Digest[]): ReadonlyMap<string, string> {
  const values = new Map<string, string[]>();
  for (const { algorithm, hex } of digests) values.set(algorithm, [...(values.get(algorithm) ?? []), hex]);
  return new Map([...values].map(([algorithm, hexes]) => [algorithm, [...new Set(hexes)].toSorted().join(" or ")]));
}

/**
 * The same package with other digests: of each algorithm that two copies share the values must be the same. Two values of
 * one algorithm in one copy are as bad: either would be accepted.
 */
function conflicts(inventories: readonly Inventory[]): readonly Remark[] {
  const remarks: Remark[] = [];
  for (const copies of copiesOf(inventories).values()) {
    const first = new Map<string, Seen>();
    for (const copy of copies) {
      const conflict = [...byAlgorithm(copy.digests)].find(([algorithm, value]) => {
        const seen = first.get(algorithm);
        if (seen === undefined) first.set(algorithm, { value, copy });
        return value.includes(" or ") || (seen !== undefined && seen.value !== value);
      });
      if (conflict === undefined) continue;
      remarks.push(conflictRemark(copy, conflict, first.get(conflict[0])));
    }
  }
  return remarks;
}

/** A value of one algorithm, and the copy that had it first. */
interface Seen {
  readonly value: string;
  readonly copy: Copy;
}

function conflictRemark(copy: Copy, [algorithm, value]: readonly [string, string], seen: Seen | undefined): Remark {
  const subject = componentName(copy.component);
  const place = { ...fileOf(copy.inventory), ...placeOf(copy.component) };
  if (seen === undefined || seen.copy.component === copy.component) {
    const message = `one copy of it may have either of two digests (${algorithm})`;
    return { rule: "integrity-conflict", subject, message, actual: `${algorithm}:${value}`, ...place };
  }
  const { component, inventory } = seen.copy;
  const where = component.location ?? component.file;
  const source = inventory === copy.inventory ? "" : ` in ${inventory.path}`;
  const message = `it has another ${algorithm} than the copy${where === undefined ? "" : ` at ${where}`}${source}`;
  return {
    rule: "integrity-conflict",
    subject,
    message,
    expected: `${algorithm}:${seen.value}`,
    actual: `${algorithm}:${value}`,
    ...place,
  };
}

/** A folder that was read has no digest, and is no file to point at. */
function fileOf({ path, digest }: Inventory): Partial<Remark> {
  return digest === undefined ? {} : { file: path };
}
