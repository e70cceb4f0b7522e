// One graph to write, of one or several inventories. Copies of a package become one node only when nobody could tell
// them apart: merging what differs is how a changed copy disappears.

import { createHash } from "node:crypto";
import type { Component, Inventory } from "../core/inventory.ts";
import { byCodeUnits } from "../core/order.ts";

export interface BomNode {
  readonly component: Component;
  /** Unique in the graph; the purl where it has one that no other node has. Well-formed Unicode, 1 to about 1,000 units. */
  readonly ref: string;
  /** Where it is installed or locked, sorted. */
  readonly occurrences: readonly string[];
  /** Refs, sorted, without its own. Absent: the source does not say what it needs. */
  readonly dependsOn?: readonly string[];
}

export interface BomGraph {
  /** Not among `nodes`. */
  readonly root: BomNode;
  /** Sorted by ref. The roots of further inventories are among them. */
  readonly nodes: readonly BomNode[];
  /** The worst of the inventories. */
  readonly aggregate: Inventory["completeness"];
  readonly inventories: readonly Inventory[];
}

/** A node while the graph is made. */
interface Draft {
  readonly component: Component;
  /** The components that are one, this one among them. */
  readonly members: Member[];
  ref: string;
}

interface Member {
  readonly component: Component;
  readonly inventory: Inventory;
}

/**
 * The graph of inventories, the same whatever order their components have. The root is that of the first inventory whose
 * root has a purl, else of the first.
 */
export function graphOf(inventories: readonly Inventory[]): BomGraph {
  const roots = inventories.map(({ root }) => root);
  const main = roots.find(({ purl }) => purl !== undefined) ?? roots[0];
  if (main === undefined) throw new TypeError("a graph needs an inventory");
  const drafts = mergedDrafts(inventories, main);
  nameDrafts(drafts);
  const nodes = linkedNodes(inventories, drafts);
  const root = nodes.find(({ component }) => component === main);
  if (root === undefined) throw new TypeError("the root of an inventory is in no node");
  return {
    root,
    nodes: nodes.filter((node) => node !== root).toSorted((a, b) => byCodeUnits(a.ref, b.ref)),
    aggregate: worstOf(inventories),
    inventories,
  };
}

function worstOf(inventories: readonly Inventory[]): Inventory["completeness"] {
  const found = new Set(inventories.map(({ completeness }) => completeness));
  if (found.has("incomplete")) return "incomplete";
  return found.has("unknown") ? "unknown" : "complete";
}

/** Where a component lies: what copies of the same thing differ in. */
const PLACE: ReadonlySet<string> = new Set(["key", "location", "otherLocations", "file", "line", "dependsOn"]);

/** All that is known of a component but its place, as text in which the order of members does not count. */
function contentOf(component: Component): string {
  return JSON.stringify(component, (_key, value: unknown) => {
    if (value === component) return sortedMembers(component, PLACE);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? sortedMembers(value) : value;
  });
}

function sortedMembers(value: object, without?: ReadonlySet<string>): object {
  const entries = Object.entries(value).filter(([key]) => without?.has(key) !== true);
  return Object.fromEntries(entries.toSorted(([a], [b]) => byCodeUnits(a, b)));
}

/** Text that is the same for all components that could be one; undefined for one that is like no other. */
function likenessOf({ purl, name, version, digests, distributions }: Component): string | undefined {
  const stated = [...digests, ...(distributions ?? []).flatMap((item) => item.digests)];
  if (stated.length === 0) return undefined;
  return JSON.stringify([
    purl,
    name,
    version,
    stated.map(({ algorithm, hex }) => algorithm + hex).toSorted(byCodeUnits),
  ]);
}

/** The drafts that could be one: by content as soon as there are two. */
interface Alike {
  readonly first: Draft;
  byContent?: Map<string, Draft>;
}

function mergedDrafts(inventories: readonly Inventory[], main: Component): readonly Draft[] {
  const drafts: Draft[] = [];
  const alike = new Map<string, Alike>();
  const add = (member: Member, likeness: string | undefined): void => {
    const same = likeness === undefined ? undefined : alike.get(likeness);
    if (same !== undefined) same.byContent ??= new Map([[contentOf(same.first.component), same.first]]);
    const content = same === undefined ? "" : contentOf(member.component);
    const found = same?.byContent?.get(content);
    if (found !== undefined) {
      found.members.push(member);
      return;
    }
    const draft: Draft = { component: member.component, members: [member], ref: "" };
    drafts.push(draft);
    if (same !== undefined) same.byContent?.set(content, draft);
    else if (likeness !== undefined) alike.set(likeness, { first: draft });
  };
  // Two lockfiles of one project have the same root: there is one project, and no archive that could differ. The main
  // root comes first, so that others are merged with it.
  const others = inventories.filter(({ root }) => root !== main);
  for (const inventory of [...inventories.filter(({ root }) => root === main), ...others]) {
    add({ component: inventory.root, inventory }, `root ${inventory.root.location ?? ""}`);
  }
  for (const inventory of inventories) {
    for (const component of inventory.components) add({ component, inventory }, likenessOf(component));
  }
  return drafts;
}

/** What a node is called when it stands alone. */
function plainRef({ purl, kind, name, version }: Component): string {
  return boundedRef(purl ?? `${kind}:${name}${version === undefined ? "" : `@${version}`}`);
}

/** UTF-16 units. A ref is repeated by all who need the component: a long one would multiply a hostile file. */
const MAX_REF = 1000;

/** A longer text is told by its beginning and its digest. */
function boundedRef(text: string): string {
  const whole = text.toWellFormed();
  if (whole.length <= MAX_REF) return whole;
  return `${whole.slice(0, 200)}…sha256:${createHash("sha256").update(whole).digest("hex")}`.toWellFormed();
}

function placesOf({ component, members }: Draft): readonly string[] {
  const { location, otherLocations } = component;
  if (members.length === 1 && otherLocations === undefined) return location === undefined ? [] : [location];
  const places = members.flatMap((member) => [member.component.location ?? [], member.component.otherLocations ?? []]);
  return [...new Set(places.flat())].toSorted(byCodeUnits);
}

/** Of several with the same purl the first by place keeps it alone; the others get their place, then a number. */
function nameDrafts(drafts: readonly Draft[]): void {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const plain = plainRef(draft.component);
    const group = groups.get(plain);
    if (group === undefined) groups.set(plain, [draft]);
    else group.push(draft);
  }
  const taken = new Set(groups.keys());
  // How far the numbers behind a name have come: a thousand copies at one place need a thousand steps.
  const numbers = new Map<string, number>();
  for (const [plain, group] of [...groups].toSorted(([a], [b]) => byCodeUnits(a, b))) {
    const [first, ...others] = group.length === 1 ? group : sortedByPlace(group);
    if (first !== undefined) first.ref = plain;
    for (const draft of others) {
      const place = placesOf(draft)[0];
      const wanted = place === undefined ? plain : boundedRef(`${plain}#${place}`);
      draft.ref = freeRef(wanted, taken, numbers);
      taken.add(draft.ref);
    }
  }
}

function sortedByPlace(group: readonly Draft[]): readonly Draft[] {
  return group
    .map((draft) => ({ draft, place: placesOf(draft).join("\n"), content: contentOf(draft.component) }))
    .toSorted((a, b) => byCodeUnits(a.place, b.place) || byCodeUnits(a.content, b.content))
    .map(({ draft }) => draft);
}

function freeRef(wanted: string, taken: ReadonlySet<string>, numbers: Map<string, number>): string {
  if (!taken.has(wanted)) return wanted;
  let number = (numbers.get(wanted) ?? 1) + 1;
  while (taken.has(`${wanted}#${number}`)) number += 1;
  numbers.set(wanted, number);
  return `${wanted}#${number}`;
}

function linkedNodes(inventories: readonly Inventory[], drafts: readonly Draft[]): readonly BomNode[] {
  const refs = new Map(inventories.map((inventory) => [inventory, new Map<string, string>()]));
  for (const { ref, members } of drafts) {
    for (const { component, inventory } of members) refs.get(inventory)?.set(component.key, ref);
  }
  return drafts.map((draft) => {
    const { component, ref } = draft;
    const needed = neededRefs(draft, refs);
    const node = { component, ref, occurrences: placesOf(draft) };
    return needed === undefined ? node : { ...node, dependsOn: needed };
  });
}

/** What any of the copies needs; undefined when the source says it of none. */
function neededRefs(
  { ref, members }: Draft,
  refs: ReadonlyMap<Inventory, ReadonlyMap<string, string>>,
): readonly string[] | undefined {
  const needed = new Set<string>();
  let isKnown = false;
  for (const { component, inventory } of members) {
    if (component.dependsOn === undefined) continue;
    isKnown = true;
    const known = refs.get(inventory);
    for (const key of component.dependsOn) {
      const target = known?.get(key);
      if (target !== undefined && target !== ref) needed.add(target);
    }
  }
  return isKnown ? [...needed].toSorted(byCodeUnits) : undefined;
}
