// What the JSON schemas of CycloneDX cannot say: references that lead nowhere or to two things, digests whose length is
// not their algorithm's, purls that speak of another package. Each in time linear in the document.

import { MAX_PROBLEMS, pointTo, shownIdentifier } from "./bom-problem.ts";
import type { BomProblem } from "./bom-problem.ts";
import { purlDisagreement } from "./purl-agreement.ts";
import type { NamedComponent } from "./purl-agreement.ts";
import { parsePurl } from "./purl.ts";

type Members = Readonly<Record<string, unknown>>;

/** Digits of hex by the names that CycloneDX 1.7 gives algorithms (`hash-alg`). */
export const HASH_DIGITS: ReadonlyMap<string, number> = new Map([
  ["MD5", 32],
  ["SHA-1", 40],
  ["SHA-256", 64],
  ["SHA-384", 96],
  ["SHA-512", 128],
  ["SHA3-256", 64],
  ["SHA3-384", 96],
  ["SHA3-512", 128],
  ["BLAKE2b-256", 64],
  ["BLAKE2b-384", 96],
  ["BLAKE2b-512", 128],
  // Of variable length; the usual one.
  ["BLAKE3", 64],
  ["Streebog-256", 64],
  ["Streebog-512", 128],
]);

interface Reference {
  readonly ref: string;
  readonly pointer: string;
}

interface Gathered {
  /** Whether hashes and purls are looked at. */
  readonly contents: boolean;
  readonly refs: Set<string>;
  readonly duplicates: Reference[];
  readonly hashes: BomProblem[];
  readonly purls: BomProblem[];
}

/** An object, no list; own members only are asked for. */
function asMembers(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function textOf(members: Members, name: string): string | undefined {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

function listOf(members: Members, name: string): readonly unknown[] {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A link to another document (CycloneDX, BOM-Link), which cannot be looked up. */
function isLink(ref: string): boolean {
  return ref.startsWith("urn:cdx:");
}

/** The steps to what is being looked at; the pointer is made only for what is wrong. */
type Way = readonly (string | number)[];

function pointerOf(way: Way): string {
  return way.reduce<string>(pointTo, "");
}

/** Looks at every object of the document. As deep as the document, which parsing bounds. */
function gather(value: object, way: (string | number)[], found: Gathered): void {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === "object" && item !== null) gatherBelow(item, index, way, found);
    }
    return;
  }
  const members = value as Members;
  // No prototype of a document has members, and this makes no list of names for each object.
  for (const name in members) {
    const item = members[name];
    if (typeof item === "object" && item !== null) {
      // Half of all objects are properties, which have nothing but name and value.
      if (name !== "properties") gatherBelow(item, name, way, found);
    } else if (name === "bom-ref" && typeof item === "string") addReference(item, way, found);
    else if (name === "alg" && found.contents) checkHash(members, way, found.hashes);
    else if (name === "purl" && found.contents) checkPurl(members, way, found.purls);
  }
}

function gatherBelow(value: object, step: string | number, way: (string | number)[], found: Gathered): void {
  way.push(step);
  gather(value, way, found);
  way.pop();
}

function addReference(ref: string, way: Way, { refs, duplicates }: Gathered): void {
  if (!refs.has(ref)) refs.add(ref);
  else if (duplicates.length < MAX_PROBLEMS) duplicates.push({ ref, pointer: pointerOf(way) });
}

function checkHash(members: Members, way: Way, problems: BomProblem[]): void {
  const [algorithm, content] = [textOf(members, "alg"), textOf(members, "content")];
  if (algorithm === undefined || content === undefined || problems.length >= MAX_PROBLEMS) return;
  const digits = HASH_DIGITS.get(algorithm);
  if (digits === undefined || (content.length === digits && /^[0-9a-f]+$/i.test(content))) return;
  const message = `a digest by ${algorithm} has ${digits} digits of hex, not ${content.length} characters`;
  problems.push({ pointer: pointerOf(way), message });
}

/** Text that percent-encoding leaves as it is, behind a scope whose `@` is encoded. */
const PLAIN = /^(?:%40[a-z0-9._-]+\/)?[A-Za-z0-9._-]+@[A-Za-z0-9._-]+$/;

/** The npm purl of a component as it is mostly written, so that most need not be taken apart; empty for other names. */
function plainPurl({ name, group, version }: NamedComponent): string {
  if (group !== undefined && !group.startsWith("@")) return "";
  const path = `${group === undefined ? name : `%40${group.slice(1)}/${name}`}@${version}`;
  return PLAIN.test(path) ? `pkg:npm/${path}` : "";
}

function checkPurl(members: Members, way: Way, problems: BomProblem[]): void {
  const [name, text] = [textOf(members, "name"), textOf(members, "purl")];
  if (name === undefined || text === undefined || problems.length >= MAX_PROBLEMS) return;
  const component = { name, group: textOf(members, "group"), version: textOf(members, "version") };
  if (text === plainPurl(component)) return;
  const purl = parsePurl(text);
  if (purl === undefined) return;
  const other = purlDisagreement(component, purl);
  if (other === undefined) return;
  const message = `the purl has the ${other.part} ${shownIdentifier(other.purl)}, the component ${shownIdentifier(other.stated)}`;
  problems.push({ pointer: pointerOf(way), message });
}

/** All references from one part of the document to another. */
function* references(document: Members): Generator<Reference> {
  for (const [index, item] of listOf(document, "dependencies").entries()) {
    const members = asMembers(item);
    if (members === undefined) continue;
    const pointer = `/dependencies/${index}`;
    const ref = textOf(members, "ref");
    if (ref !== undefined) yield { ref, pointer: `${pointer}/ref` };
    yield* texts(members, "dependsOn", pointer);
    yield* texts(members, "provides", pointer);
  }
  for (const [index, item] of listOf(document, "compositions").entries()) {
    const members = asMembers(item);
    if (members === undefined) continue;
    for (const name of ["assemblies", "dependencies", "vulnerabilities"]) {
      yield* texts(members, name, `/compositions/${index}`);
    }
  }
  for (const [index, item] of listOf(document, "annotations").entries()) {
    const members = asMembers(item);
    if (members !== undefined) yield* texts(members, "subjects", `/annotations/${index}`);
  }
  for (const [index, item] of listOf(document, "vulnerabilities").entries()) {
    for (const [at, affected] of listOf(asMembers(item) ?? {}, "affects").entries()) {
      const ref = textOf(asMembers(affected) ?? {}, "ref");
      if (ref !== undefined) yield { ref, pointer: `/vulnerabilities/${index}/affects/${at}/ref` };
    }
  }
}

function* texts(members: Members, name: string, pointer: string): Generator<Reference> {
  for (const [index, ref] of listOf(members, name).entries()) {
    if (typeof ref === "string") yield { ref, pointer: `${pointer}/${name}/${index}` };
  }
}

/** What is wrong with a document besides its form. */
export interface CycloneDxBreaches {
  /** A `bom-ref` twice, a reference that leads nowhere, two entries of dependencies for one component. */
  readonly references: readonly BomProblem[];
  readonly hashes: readonly BomProblem[];
  readonly purls: readonly BomProblem[];
}

/** The breaches of a document, at most 20 of each kind. Any value may be given. */
export function cycloneDxBreaches(document: unknown): CycloneDxBreaches {
  const found = gatherAll(document, true);
  return { references: referenceProblems(document, found), hashes: found.hashes, purls: found.purls };
}

/** Those of references alone: who reads a document has rules of its own for the rest. */
export function referenceBreaches(document: unknown): readonly BomProblem[] {
  return referenceProblems(document, gatherAll(document, false));
}

function gatherAll(document: unknown, contents: boolean): Gathered {
  const found: Gathered = { contents, refs: new Set(), duplicates: [], hashes: [], purls: [] };
  if (typeof document === "object" && document !== null) gather(document, [], found);
  return found;
}

function referenceProblems(document: unknown, found: Gathered): readonly BomProblem[] {
  // Parts of a formulation repeat the name of what they are about, in the specification's own examples, too.
  const twice = found.duplicates.filter(({ pointer }) => !pointer.startsWith("/formulation/"));
  const problems = twice.map(({ ref, pointer }) => ({
    pointer,
    message: `the bom-ref ${shownIdentifier(ref)} is used twice`,
  }));
  const described = new Set<string>();
  for (const { ref, pointer } of references(asMembers(document) ?? {})) {
    if (problems.length >= MAX_PROBLEMS) break;
    if (/^\/dependencies\/\d+\/ref$/.test(pointer)) {
      if (described.has(ref)) {
        problems.push({ pointer, message: `the dependencies of ${shownIdentifier(ref)} are stated twice` });
      }
      described.add(ref);
    }
    if (!found.refs.has(ref) && !isLink(ref)) {
      problems.push({ pointer, message: `nothing has the bom-ref ${shownIdentifier(ref)}` });
    }
  }
  return problems;
}
