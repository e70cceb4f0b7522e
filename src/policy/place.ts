// A place in a policy document: a value that is still untrusted JSON, and where it stands, so that
// every refusal names file, line and member. All typed access to policy text goes through here.

import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { nearestName } from "../core/nearest.ts";
import { parseTime } from "./time.ts";

export interface Place {
  readonly value: Json;
  /** JSON Pointer (RFC 6901). */
  readonly pointer: string;
  /** How messages call it, as `signers.acme-release.openpgp[1]`; empty for the whole document. */
  readonly name: string;
  readonly document: { readonly source: string; readonly lines: ReadonlyMap<string, number> };
}

/**
 * The root of a JSON document in UTF-8.
 * @param comments comments and trailing commas are allowed
 * @throws UserError `json-malformed` or `policy-malformed`
 */
export function parseDocument(bytes: Uint8Array, source: string, comments: boolean): Place {
  const { value, lines } = parseJson(decode(bytes, source), { source, comments });
  return { value, pointer: "", name: "", document: { source, lines } };
}

/** Bytes that are not UTF-8 would be read as something that nobody wrote. */
function decode(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError("policy-malformed", `${source}: the file is not UTF-8 text`, {
      hint: "save it as UTF-8",
      cause,
    });
  }
}

/** 1-based line on which the value starts. */
export function lineOf(place: Place): number {
  return place.document.lines.get(place.pointer) ?? 1;
}

/** The error for a value that a policy must not have: `boltseal.json:3: rules.x: what`. */
export function malformed(place: Place, what: string, hint?: string): UserError {
  const name = place.name === "" ? "the document" : place.name;
  const message = `${place.document.source}:${lineOf(place)}: ${name}: ${what}`;
  return new UserError("policy-malformed", message, hint === undefined ? {} : { hint });
}

/** Names as they are written in a hint. */
function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}

/** "did you mean", or the names that are known. */
export function suggestionFor(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  return nearest === undefined ? `known here: ${quoted(known)}` : `did you mean ${JSON.stringify(nearest)}?`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function memberOf(parent: Place, key: string, value: Json): Place {
  const simple = /^[$A-Za-z][\w-]*$/.test(key);
  const step = simple ? `${parent.name === "" ? "" : "."}${key}` : `[${JSON.stringify(key)}]`;
  const pointer = `${parent.pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return { value, pointer, name: parent.name + step, document: parent.document };
}

/**
 * The members of an object, in the order of the text.
 * @param known the only keys that may be there; without it any key may
 * @throws UserError `policy-malformed` when it is no object or has an unknown key
 */
export function membersOf(place: Place, known?: readonly string[]): ReadonlyMap<string, Place> {
  const { value } = place;
  if (value === null || typeof value !== "object" || isList(value)) throw malformed(place, "must be an object");
  const members = new Map(Object.entries(value).map(([key, member]) => [key, memberOf(place, key, member)]));
  for (const [key, member] of members) {
    if (known?.includes(key) === false) throw malformed(member, "unknown key", suggestionFor(key, known));
  }
  return members;
}

/** A member that must be there. @throws UserError `policy-malformed` */
export function requiredMember(place: Place, members: ReadonlyMap<string, Place>, key: string): Place {
  const member = members.get(key);
  if (member === undefined) throw malformed(place, `${JSON.stringify(key)} is missing`);
  return member;
}

/** The items of a list, perhaps none. @throws UserError `policy-malformed` */
export function itemsOf(place: Place): readonly Place[] {
  if (!isList(place.value)) throw malformed(place, "must be a list");
  return place.value.map((value, index) => ({
    value,
    pointer: `${place.pointer}/${index}`,
    name: `${place.name}[${index}]`,
    document: place.document,
  }));
}

/** The items of a list in which an empty list would not say what it demands. @throws UserError `policy-malformed` */
export function someItemsOf(place: Place): readonly Place[] {
  const items = itemsOf(place);
  if (items.length === 0) throw malformed(place, "is an empty list", "leave it out, or name at least one");
  return items;
}

/** Text with something in it besides white space. @throws UserError `policy-malformed` */
export function textOf(place: Place): string {
  if (typeof place.value !== "string") throw malformed(place, "must be a string");
  if (!/\S/.test(place.value)) throw malformed(place, "must not be empty");
  return place.value;
}

/** A text of a closed set. @throws UserError `policy-malformed` */
export function choiceOf<Choice extends string>(place: Place, choices: readonly Choice[]): Choice {
  const text = textOf(place);
  const choice = choices.find((known) => known === text);
  if (choice === undefined)
    throw malformed(place, `${JSON.stringify(text)} is not known`, suggestionFor(text, choices));
  return choice;
}

/** A time, written in UTC to the second. @throws UserError `policy-malformed` */
export function timeOf(place: Place): string {
  const text = textOf(place);
  const time = parseTime(text);
  if (time === undefined) {
    throw malformed(place, `not a time: ${JSON.stringify(text)}`, "write 2027-01-31 or 2027-01-31T12:00:00Z");
  }
  return time;
}

/** Refuses the second of two items that are the same. @throws UserError `policy-malformed` */
export function refuseTwice(items: readonly (readonly [Place, string])[]): void {
  const seen = new Set<string>();
  for (const [place, key] of items) {
    if (seen.has(key)) throw malformed(place, `${JSON.stringify(key)} appears twice`);
    seen.add(key);
  }
}
