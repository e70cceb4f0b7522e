// Our properties in SPDX, which has none: as the comment of one annotation of the element that they are about. Separate,
// so that who writes it and who reads it have one form.
//
//   boltseal properties [{"name":"boltseal:scope","value":"runtime"},…]

import type { BomProperty } from "./bom-properties.ts";
import { isJsonObject, textMember } from "./json-value.ts";
import type { Json } from "./json.ts";

const INTRODUCTION = "boltseal properties ";

export function propertiesComment(properties: readonly BomProperty[]): string {
  return `${INTRODUCTION}${JSON.stringify(properties.map(({ name, value }) => ({ name, value })))}`;
}

/** The properties that a comment holds; undefined for a comment that is not ours, or not of this form. */
export function readPropertiesComment(comment: string): readonly BomProperty[] | undefined {
  if (!comment.startsWith(INTRODUCTION)) return undefined;
  let list: Json;
  try {
    list = JSON.parse(comment.slice(INTRODUCTION.length)) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const properties: BomProperty[] = [];
  for (const item of list as readonly Json[]) {
    if (!isJsonObject(item)) return undefined;
    const [name, value] = [textMember(item, "name"), textMember(item, "value")];
    if (name === undefined || value === undefined) return undefined;
    properties.push({ name, value });
  }
  return properties;
}
