// What an SPDX document says of itself: who made it, when and with what, and how complete it claims to be. The numbers are
// those of the clauses of SPDX 2.3.

import { readPropertiesComment } from "../core/bom-annotation.ts";
import { COMPLETENESS_PROPERTY } from "../core/bom-properties.ts";
import type { BomDocument, Inventory } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicProse } from "../core/public-url.ts";
import { actor } from "./spdx-package.ts";

/** SPDX has no field for it: ours is a property, and of other documents nobody knows. */
export function claimOf(document: JsonObject): Inventory["completeness"] {
  for (const item of itemsOf(member(document, "annotations"))) {
    const comment = isJsonObject(item) ? textMember(item, "comment") : undefined;
    const properties = comment === undefined ? undefined : readPropertiesComment(comment);
    const value = properties?.find(({ name }) => name === COMPLETENESS_PROPERTY)?.value;
    if (value === "complete" || value === "incomplete") return value;
  }
  return "unknown";
}

/** 6.8 and 6.9. */
export function documentOf(document: JsonObject, version: string): BomDocument {
  const creation = objectMember(document, "creationInfo") ?? {};
  const creators = itemsOf(member(creation, "creators")).flatMap((item) =>
    typeof item === "string" ? publicProse(item) : [],
  );
  const timestamp = textMember(creation, "created");
  return {
    format: version,
    ...(timestamp === undefined ? {} : { timestamp }),
    authors: creators.filter((creator) => !creator.startsWith("Tool:")).map((creator) => actor(creator) ?? creator),
    tools: creators
      .filter((creator) => creator.startsWith("Tool:"))
      .map((creator) => creator.slice("Tool:".length).trim()),
  };
}
