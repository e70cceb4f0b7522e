// The same package with other bytes: digests and files of copies that contradict one another, in one inventory or in
// several. Separate from examine.ts, which asks what a component says by itself.

import type { Digest } from "../core/digest.ts";
import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { componentName, placeOf } from "./component-name.ts";

/**
 * Copies inside one tree that have no digest of an archive, of one package in one version, with other files. A warning:
 * whoever made the tree may have left files out of one, or built it for another Python.
 */
export function changedCopies({ components }: Inventory): readonly Remark[] {
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

/**
 * All copies of each archive, by purl and file name. Without the purl's qualifiers, which say where a copy comes from: one
 * name in one version is one thing, wherever it is fetched.
 */
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
      const [plain = purl] = purl.split("?", 1);
      if (digests.length > 0) add(plain, { component, inventory, digests });
      for (const { fileName, url, digests: own } of distributions ?? []) {
        const name = fileName ?? url?.slice(url.lastIndexOf("/") + 1);
        if (own.length === 0) continue;
        if (name !== undefined) add(`${plain} ${name}`, { component, inventory, digests: own });
        // The one file that there is must be what the component's own digests say.
        if (digests.length > 0 && distributions?.length === 1) add(plain, { component, inventory, digests: own });
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
export function conflicts(inventories: readonly Inventory[]): readonly Remark[] {
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
    // Copies from two places may be two builds; nobody could tell from the name.
    ...(component.purl === copy.component.purl ? {} : { level: "warn" }),
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
