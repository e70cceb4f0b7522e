// The licences of a CycloneDX component as one text: an SPDX identifier or expression where that is what they are.

import { isJsonObject, itemsOf, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";

interface Choice {
  readonly text: string;
  /** An identifier or expression, no free name. */
  readonly formal: boolean;
  readonly declared: boolean;
}

/**
 * Several are all in force, as CycloneDX has it: joined by AND where each is an identifier or expression, and by commas
 * where one is a free name. What the publisher declared goes before what somebody concluded.
 */
export function readLicenses(list: Json | undefined): string | undefined {
  const choices = itemsOf(list).flatMap(choiceOf);
  const declared = choices.filter((choice) => choice.declared);
  const chosen = declared.length === 0 ? choices : declared;
  const texts = [...new Set(chosen.map(({ text }) => text))];
  if (texts.length < 2) return texts[0];
  if (!chosen.every(({ formal }) => formal)) return texts.join(", ");
  return texts.map((text) => (/\sOR\s/i.test(text) ? `(${text})` : text)).join(" AND ");
}

function choiceOf(item: Json): readonly Choice[] {
  if (!isJsonObject(item)) return [];
  const license = objectMember(item, "license") ?? {};
  const formal = textMember(item, "expression") ?? textMember(license, "id");
  const text = formal ?? textMember(license, "name");
  if (text === undefined || text.trim() === "") return [];
  const acknowledged = member(item, "acknowledgement") ?? member(license, "acknowledgement");
  return [{ text: text.trim(), formal: formal !== undefined, declared: acknowledged === "declared" }];
}
