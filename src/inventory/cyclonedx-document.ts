// What a CycloneDX document says of itself: who made it, when and with what, and how complete it claims to be.

import type { BomDocument, Inventory } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicProse } from "../core/public-url.ts";
import { peopleOf } from "./cyclonedx-component.ts";

export function documentOf(document: JsonObject, version: string): BomDocument {
  const metadata = objectMember(document, "metadata") ?? {};
  const timestamp = textMember(metadata, "timestamp");
  const supplier = organizationOf(objectMember(metadata, "supplier"));
  // `manufacture` until 1.5.
  const maker = objectMember(metadata, "manufacturer") ?? objectMember(metadata, "manufacture");
  const manufacturer = organizationOf(maker);
  return {
    format: `CycloneDX ${version}`,
    ...(timestamp === undefined ? {} : { timestamp }),
    authors: peopleOf(metadata, "authors"),
    ...(supplier === undefined ? {} : { supplier }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    tools: toolsOf(metadata),
  };
}

/** Its name, or how to reach it. */
function organizationOf(organization: JsonObject | undefined): string | undefined {
  if (organization === undefined) return undefined;
  const urls = member(organization, "url");
  const [url] = itemsOf(urls);
  const [contact] = peopleOf(organization, "contact");
  const text = textMember(organization, "name") ?? contact ?? (typeof url === "string" ? url : undefined);
  return text === undefined || text === "" ? undefined : publicProse(text);
}

/** A list until 1.4, components and services since 1.5. */
function toolsOf(metadata: JsonObject): readonly string[] {
  const tools = member(metadata, "tools");
  const listed = isJsonObject(tools) ? ["components", "services"].map((name) => member(tools, name)) : [tools];
  return listed.flatMap((list) => itemsOf(list).flatMap((tool) => (isJsonObject(tool) ? toolName(tool) : [])));
}

function toolName(tool: JsonObject): readonly string[] {
  const [name, version] = [textMember(tool, "name"), textMember(tool, "version")];
  if (name === undefined || name === "") return [];
  const maker = textMember(tool, "vendor") ?? textMember(tool, "group");
  const full = maker === undefined || maker === "" ? name : `${maker}/${name}`;
  return [publicProse(version === undefined || version === "" ? full : `${full}@${version}`)];
}

export interface Claim {
  readonly completeness: Inventory["completeness"];
  /** Components whose dependencies are said not to be known. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * How complete the compositions say that the document is (CycloneDX, `compositions`): complete only where one says so of
 * what the document is about, or of everything; incomplete where any says so.
 */
export function claimOf(document: JsonObject, rootRef: string | undefined): Claim {
  const list = member(document, "compositions");
  const unknown = new Set<string>();
  let completeness: Inventory["completeness"] = "unknown";
  for (const item of itemsOf(list)) {
    if (!isJsonObject(item)) continue;
    const aggregate = textMember(item, "aggregate") ?? "";
    const [assemblies, dependencies] = [member(item, "assemblies"), member(item, "dependencies")];
    const listed = [...itemsOf(assemblies), ...itemsOf(dependencies)];
    if (aggregate.startsWith("incomplete")) return { completeness: "incomplete", unknown };
    if (aggregate === "complete" && (listed.length === 0 || listed.includes(rootRef ?? ""))) completeness = "complete";
    if (aggregate !== "unknown" && aggregate !== "not_specified") continue;
    for (const ref of itemsOf(dependencies)) if (typeof ref === "string") unknown.add(ref);
  }
  return { completeness, unknown };
}
