// What a JSON document must look like, written as data, and the check of a document against it: the part of JSON
// Schema that the documents of MCP need, small enough to be read. Values are attacker-controlled, shapes are ours.

import type { Json } from "./json.ts";
import { isJsonObject } from "./json-value.ts";
import type { JsonObject } from "./json-value.ts";

/** Objects by what their names may be: of a `record` the names are ours, of a `map` the document's. */
export type Shape =
  | { readonly is: "text"; readonly rule?: TextRule }
  | { readonly is: "number" | "boolean" | "anything" }
  | { readonly is: "list" | "map"; readonly of: Shape }
  | { readonly is: "either"; readonly of: readonly Shape[] }
  | { readonly is: "record"; readonly members: ReadonlyMap<string, Member>; readonly open: boolean };

interface TextRule {
  /** What the text must be, as a noun: "a URI". */
  readonly what: string;
  readonly test: (text: string) => boolean;
}

interface Member {
  readonly shape: Shape;
  readonly required: boolean;
}

/** Shapes by the names of members. */
export type Members = Readonly<Record<string, Shape>>;

export const TEXT: Shape = { is: "text" };
export const NUMBER: Shape = { is: "number" };
export const BOOLEAN: Shape = { is: "boolean" };
export const ANYTHING: Shape = { is: "anything" };

/** Text that passes `test`; `what` names it as a noun. */
export function textThat(what: string, test: (text: string) => boolean): Shape {
  return { is: "text", rule: { what, test } };
}

export function oneOf(words: readonly string[]): Shape {
  return textThat(words.map((word) => `"${word}"`).join(" or "), (text) => words.includes(text));
}

export function listOf(shape: Shape): Shape {
  return { is: "list", of: shape };
}

export function mapOf(shape: Shape): Shape {
  return { is: "map", of: shape };
}

export function either(...shapes: readonly Shape[]): Shape {
  return { is: "either", of: shapes };
}

/** An object with these members and no others. */
export function record(required: Members, optional: Members = {}): Shape {
  return { is: "record", members: membersOf(required, optional), open: false };
}

/** An object with these members, and others that are not looked at. */
export function openRecord(required: Members, optional: Members = {}): Shape {
  return { is: "record", members: membersOf(required, optional), open: true };
}

function membersOf(required: Members, optional: Members): ReadonlyMap<string, Member> {
  const rows = (members: Members, needed: boolean): [string, Member][] =>
    Object.entries(members).map(([name, shape]) => [name, { shape, required: needed }]);
  return new Map([...rows(required, true), ...rows(optional, false)]);
}

/** One thing that is wrong with a document. */
export interface Problem {
  /** JSON Pointer (RFC 6901) of the value, `""` for the whole document. Attacker-controlled. */
  readonly pointer: string;
  /** A clause: "must be a list". */
  readonly message: string;
}

/** More say nothing new, and pointers repeat the document's own long names. */
const MAX_PROBLEMS = 50;
const MAX_POINTERS = 100_000;

/** What is wrong with a value; empty only when it has the shape. Of very many problems the first ones. */
export function problemsOf(value: Json, shape: Shape): readonly Problem[] {
  const problems: Problem[] = [];
  let spent = 0;
  const add = (pointer: string, message: string): void => {
    spent += pointer.length;
    problems.push({ pointer, message });
  };
  const isFull = (): boolean => problems.length >= MAX_PROBLEMS || spent > MAX_POINTERS;

  const checkRecord = (object: JsonObject, members: ReadonlyMap<string, Member>, open: boolean, at: string): void => {
    for (const [name, { required }] of members) {
      if (required && !Object.hasOwn(object, name)) add(`${at}${step(name)}`, "is missing");
    }
    for (const [name, member] of Object.entries(object)) {
      if (isFull()) return;
      const known = members.get(name);
      if (known !== undefined) check(member, known.shape, `${at}${step(name)}`);
      else if (!open) add(`${at}${step(name)}`, "is not known");
    }
  };
  const checkEach = (rows: Iterable<readonly [string | number, Json]>, of: Shape, at: string): void => {
    for (const [name, member] of rows) {
      if (isFull()) return;
      check(member, of, `${at}${step(String(name))}`);
    }
  };
  const check = (part: Json, of: Shape, at: string): void => {
    const message = mismatch(part, of);
    if (message !== undefined) add(at, message);
    else if (of.is === "list") checkEach((part as readonly Json[]).entries(), of.of, at);
    else if (of.is === "map") checkEach(Object.entries(part as JsonObject), of.of, at);
    else if (of.is === "record") checkRecord(part as JsonObject, of.members, of.open, at);
  };
  check(value, shape, "");
  return problems;
}

const TYPES: Readonly<
  Record<Exclude<Shape["is"], "text" | "either">, readonly [what: string, test: (value: Json) => boolean]>
> = {
  number: ["a number", (value) => typeof value === "number"],
  boolean: ["true or false", (value) => typeof value === "boolean"],
  list: ["a list", (value) => Array.isArray(value)],
  map: ["an object", isJsonObject],
  record: ["an object", isJsonObject],
  anything: ["anything", () => true],
};

/** What is wrong with a value itself, its members aside. */
function mismatch(value: Json, shape: Shape): string | undefined {
  if (shape.is === "text") {
    if (typeof value !== "string") return "must be a text";
    return shape.rule === undefined || shape.rule.test(value) ? undefined : `must be ${shape.rule.what}`;
  }
  if (shape.is === "either") {
    return shape.of.some((one) => problemsOf(value, one).length === 0) ? undefined : "has a type that is not allowed";
  }
  const [what, test] = TYPES[shape.is];
  return test(value) ? undefined : `must be ${what}`;
}

function step(name: string): string {
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
