// Edges of a CycloneDX document: `dependencies` by the references of components. Separate, because what a component needs
// and the document does not have is said here, and what it names that is no component is not.

import { shownIdentifier } from "../core/bom-problem.ts";
import type { Component } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";

/** What the edges are drawn between, and where remarks on them go. */
export interface EdgeReading {
  readonly file: string;
  readonly remarks: Remarks;
  readonly keys: ReadonlyMap<string, string>;
  readonly byKey: ReadonlyMap<string, Pick<Component, "name" | "version"> & { dependsOn?: readonly string[] }>;
  readonly lineOf: (path: readonly (string | number)[]) => number | undefined;
}

/** The items of a list. What should be one and is not may hold what nobody sees: that is said. */
export function demandList(
  list: Json | undefined,
  place: readonly (string | number)[],
  { file, remarks, lineOf }: Pick<EdgeReading, "file" | "remarks" | "lineOf">,
): readonly Json[] {
  if (list === undefined || Array.isArray(list)) return itemsOf(list);
  const line = lineOf(place);
  const at = line === undefined ? {} : { line };
  remarks.add({ rule: "inventory-incomplete", subject: `/${place.join("/")}`, message: "is no list", file, ...at });
  return [];
}

/** @param unknown components whose dependencies the document says not to know */
export function takeEdges(document: JsonObject, unknown: ReadonlySet<string>, reading: EdgeReading): void {
  const edges = new Map<string, Set<string>>();
  const services = new Set<string>();
  serviceRefs(member(document, "services"), services);
  for (const [index, item] of demandList(member(document, "dependencies"), ["dependencies"], reading).entries()) {
    const ref = isJsonObject(item) ? textMember(item, "ref") : undefined;
    const key = ref === undefined ? undefined : reading.keys.get(ref);
    if (!isJsonObject(item) || key === undefined || ref === undefined) continue;
    const wanted = member(item, "dependsOn");
    // No list where the document says that it does not know: that is no component without dependencies.
    if (wanted === undefined && unknown.has(ref)) continue;
    const targets = edges.get(key) ?? new Set<string>();
    edges.set(key, targets);
    for (const target of demandList(wanted, ["dependencies", index, "dependsOn"], reading)) {
      const found = typeof target === "string" ? reading.keys.get(target) : undefined;
      if (found !== undefined) targets.add(found);
      // Nothing of a service is installed; that there are some is said once.
      else if (typeof target !== "string" || !services.has(target))
        missing(reading, key, typeof target === "string" ? target : JSON.stringify(target), index);
    }
  }
  for (const [key, targets] of edges) {
    const component = reading.byKey.get(key);
    if (component !== undefined) component.dependsOn = [...targets];
  }
}

function missing({ byKey, remarks, file, lineOf }: EdgeReading, key: string, ref: string, index: number): void {
  const component = byKey.get(key);
  const line = lineOf(["dependencies", index]);
  remarks.add({
    rule: "inventory-incomplete",
    subject: component === undefined ? file : componentName(component),
    message: `depends on ${shownIdentifier(ref)}, which the SBOM does not have`,
    file,
    ...(line === undefined ? {} : { line }),
  });
}

/** References of services at every depth, which the depth of the document bounds. */
function serviceRefs(list: Json | undefined, refs: Set<string>): void {
  for (const service of itemsOf(list)) {
    if (!isJsonObject(service)) continue;
    const ref = textMember(service, "bom-ref");
    if (ref !== undefined) refs.add(ref);
    serviceRefs(member(service, "services"), refs);
  }
}
