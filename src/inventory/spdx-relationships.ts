// Relationships of SPDX 2.2 and 2.3 (clause 11) as edges: who needs whom and why, who contains whom, what it is all about.

import type { Scope } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";

export interface SpdxEdge {
  /** SPDXIDs as written; `to` may be `NONE`, `NOASSERTION` or an element of another document. */
  readonly from: string;
  readonly to: string;
  readonly scope: Scope;
  /** Of the relationship in its list. */
  readonly index: number;
}

export interface SpdxRelations {
  readonly edges: readonly SpdxEdge[];
  /** By what is contained: what contains it. The first of several. */
  readonly containers: ReadonlyMap<string, string>;
  /** What the document describes, in its order. */
  readonly described: readonly string[];
  /** What contains or describes something, and what that is: it may be nowhere. */
  readonly parts: readonly Pick<SpdxEdge, "from" | "to" | "index">[];
  /** Relationships that are none, and what they stand in where that is no list: JSON Pointers. */
  readonly broken: readonly string[];
}

/** The first element needs the second. */
const NEEDS: ReadonlyMap<string, Scope> = new Map([
  ["DEPENDS_ON", "runtime"],
  ["HAS_PREREQUISITE", "runtime"],
  ["DYNAMIC_LINK", "runtime"],
  ["STATIC_LINK", "runtime"],
]);

/** The second element needs the first. */
const NEEDED_BY: ReadonlyMap<string, Scope> = new Map([
  ["DEPENDENCY_OF", "runtime"],
  ["RUNTIME_DEPENDENCY_OF", "runtime"],
  ["PROVIDED_DEPENDENCY_OF", "runtime"],
  ["PREREQUISITE_FOR", "runtime"],
  ["OPTIONAL_DEPENDENCY_OF", "optional"],
  ["OPTIONAL_COMPONENT_OF", "optional"],
  ["DEV_DEPENDENCY_OF", "development"],
  ["BUILD_DEPENDENCY_OF", "development"],
  ["TEST_DEPENDENCY_OF", "development"],
  ["DEV_TOOL_OF", "development"],
  ["BUILD_TOOL_OF", "development"],
  ["TEST_TOOL_OF", "development"],
]);

/** Which of the two elements is a part of the other. */
const PARTS: ReadonlyMap<string, "from" | "to"> = new Map([
  ["CONTAINS", "to"],
  ["DESCRIBES", "to"],
  ["CONTAINED_BY", "from"],
  ["DESCRIBED_BY", "from"],
]);

const DOCUMENT = "SPDXRef-DOCUMENT";

export function relationsOf(document: JsonObject): SpdxRelations {
  const edges: SpdxEdge[] = [];
  const containers = new Map<string, string>();
  const described = new Set<string>();
  const parts: Pick<SpdxEdge, "from" | "to" | "index">[] = [];
  const broken = ["packages", "files", "relationships", "documentDescribes"].flatMap((name) => {
    const list = member(document, name);
    return list === undefined || Array.isArray(list) ? [] : [`/${name}`];
  });
  const contain = (container: string, contained: string): void => {
    if (container !== DOCUMENT && !containers.has(contained)) containers.set(contained, container);
  };
  for (const id of itemsOf(member(document, "documentDescribes"))) if (typeof id === "string") described.add(id);
  for (const [index, item] of itemsOf(member(document, "relationships")).entries()) {
    const names = ["spdxElementId", "relatedSpdxElement", "relationshipType"];
    const [one, other, type] = names.map((name) => (isJsonObject(item) ? textMember(item, name) : undefined));
    if (one === undefined || other === undefined || type === undefined) {
      broken.push(`/relationships/${index}`);
      continue;
    }
    const [needs, neededBy] = [NEEDS.get(type), NEEDED_BY.get(type)];
    if (needs !== undefined) edges.push({ from: one, to: other, scope: needs, index });
    if (neededBy !== undefined) edges.push({ from: other, to: one, scope: neededBy, index });
    if (type === "DESCRIBES" && one === DOCUMENT) described.add(other);
    if (type === "DESCRIBED_BY" && other === DOCUMENT) described.add(one);
    const part = PARTS.get(type);
    if (part !== undefined)
      parts.push(part === "to" ? { from: one, to: other, index } : { from: other, to: one, index });
    if (type === "CONTAINS") contain(one, other);
    if (type === "CONTAINED_BY") contain(other, one);
  }
  // 2.2 lists the files of a package in the package, too.
  for (const item of itemsOf(member(document, "packages"))) {
    const id = isJsonObject(item) ? textMember(item, "SPDXID") : undefined;
    if (!isJsonObject(item) || id === undefined) continue;
    for (const file of itemsOf(member(item, "hasFiles"))) if (typeof file === "string") contain(id, file);
  }
  return { edges, containers, described: [...described], parts, broken };
}
