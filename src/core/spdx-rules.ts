// SPDX 2.2 and 2.3 documents in JSON against their specification, by hand: the numbers are those of the clauses of
// SPDX 2.3 (spdx.github.io/spdx-spec/v2.3). Each rule takes time linear in the document.

import { MAX_PROBLEMS, shownIdentifier } from "./bom-problem.ts";
import type { BomProblem } from "./bom-problem.ts";

type Members = Readonly<Record<string, unknown>>;

/** 7.10, 8.4: digits of hex by the names of algorithms. */
export const CHECKSUM_DIGITS: ReadonlyMap<string, number> = new Map([
  ["SHA1", 40],
  ["SHA224", 56],
  ["SHA256", 64],
  ["SHA384", 96],
  ["SHA512", 128],
  ["SHA3-256", 64],
  ["SHA3-384", 96],
  ["SHA3-512", 128],
  ["BLAKE2b-256", 64],
  ["BLAKE2b-384", 96],
  ["BLAKE2b-512", 128],
  ["BLAKE3", 64],
  ["MD2", 32],
  ["MD4", 32],
  ["MD5", 32],
  ["MD6", 64],
  ["ADLER32", 8],
]);

/** 7.2, 8.2: letters, digits, dots and hyphens behind the prefix. */
const ELEMENT_ID = /^SPDXRef-[A-Za-z0-9.-]+$/;
/** 11.1: an element of another document. */
const EXTERNAL_ID = /^DocumentRef-[A-Za-z0-9.+-]+:SPDXRef-[A-Za-z0-9.-]+$/;
/** 6.9, 12.3: UTC to the second. */
const TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)Z$/;
/** 6.8, 12.2. */
const CREATOR = /^(?:Person|Organization|Tool): \S/;
const ACTOR = /^(?:(?:Person|Organization): \S|NOASSERTION$)/;
/** 7.21.1: 2.3 writes hyphens, 2.2 underscores. */
const CATEGORY = /^(?:SECURITY|PACKAGE[-_]MANAGER|PERSISTENT[-_]ID|OTHER)$/;

const RELATIONSHIPS: ReadonlySet<string> = new Set(
  `DESCRIBES DESCRIBED_BY CONTAINS CONTAINED_BY DEPENDS_ON DEPENDENCY_OF DEPENDENCY_MANIFEST_OF BUILD_DEPENDENCY_OF
  DEV_DEPENDENCY_OF OPTIONAL_DEPENDENCY_OF PROVIDED_DEPENDENCY_OF TEST_DEPENDENCY_OF RUNTIME_DEPENDENCY_OF EXAMPLE_OF
  GENERATES GENERATED_FROM ANCESTOR_OF DESCENDANT_OF VARIANT_OF DISTRIBUTION_ARTIFACT PATCH_FOR PATCH_APPLIED COPY_OF
  FILE_ADDED FILE_DELETED FILE_MODIFIED EXPANDED_FROM_ARCHIVE DYNAMIC_LINK STATIC_LINK DATA_FILE_OF TEST_CASE_OF
  BUILD_TOOL_OF DEV_TOOL_OF TEST_OF TEST_TOOL_OF DOCUMENTATION_OF OPTIONAL_COMPONENT_OF METAFILE_OF PACKAGE_OF AMENDS
  PREREQUISITE_FOR HAS_PREREQUISITE REQUIREMENT_DESCRIPTION_FOR SPECIFICATION_FOR OTHER`.split(/\s+/),
);

/** What is wrong with a document, by kind: readers have a rule of their own for checksums. */
export interface SpdxBreaches {
  readonly form: readonly BomProblem[];
  readonly checksums: readonly BomProblem[];
}

interface Check {
  readonly form: BomProblem[];
  readonly checksums: BomProblem[];
  readonly ids: Set<string>;
}

/** The breaches of a document, at most 20 of each kind. Any value may be given. */
export function spdxBreaches(document: unknown): SpdxBreaches {
  const check: Check = { form: [], checksums: [], ids: new Set() };
  const members = asMembers(document);
  if (members === undefined) return { form: [{ pointer: "", message: "is no object" }], checksums: [] };
  checkHeader(members, check);
  checkElements(members, check);
  checkRelationships(members, check);
  return { form: check.form.slice(0, MAX_PROBLEMS), checksums: check.checksums };
}

function asMembers(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function memberOf(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** Members that are lists where they are there. */
function demandLists(check: Check, members: Members, at: string, names: readonly string[]): void {
  for (const name of names) {
    const value = memberOf(members, name);
    if (value !== undefined && !Array.isArray(value)) problem(check, `${at}/${name}`, `${name} is no list`);
  }
}

function listOf(members: Members, name: string): readonly unknown[] {
  const value = memberOf(members, name);
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function problem(check: Check, pointer: string, message: string): void {
  if (check.form.length < MAX_PROBLEMS) check.form.push({ pointer, message });
}

/** A member that must be a text of a form; `clause` says where that stands. */
function demand(
  check: Check,
  members: Members,
  at: string,
  [name, form, clause]: readonly [string, RegExp, string],
): void {
  const value = memberOf(members, name);
  if (value === undefined) problem(check, at, `${name} is missing (SPDX 2.3, ${clause})`);
  else if (typeof value !== "string" || !form.test(value)) {
    problem(check, `${at}/${name}`, `${name} is not as it must be (SPDX 2.3, ${clause})`);
  }
}

/** Clause 6. */
function checkHeader(document: Members, check: Check): void {
  demand(check, document, "", ["spdxVersion", /^SPDX-2\.[23]$/, "6.1"]);
  demand(check, document, "", ["dataLicense", /^CC0-1\.0$/, "6.2"]);
  demand(check, document, "", ["SPDXID", /^SPDXRef-DOCUMENT$/, "6.3"]);
  demand(check, document, "", ["name", /\S/, "6.4"]);
  demand(check, document, "", ["documentNamespace", /^[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+$/, "6.5"]);
  const creation = asMembers(memberOf(document, "creationInfo"));
  if (creation === undefined) return problem(check, "", "creationInfo is missing (SPDX 2.3, 6.8)");
  demand(check, creation, "/creationInfo", ["created", TIME, "6.9"]);
  const creators = listOf(creation, "creators");
  if (creators.length === 0) problem(check, "/creationInfo", "creators is missing (SPDX 2.3, 6.8)");
  for (const [index, creator] of creators.entries()) {
    if (typeof creator === "string" && CREATOR.test(creator)) continue;
    problem(check, `/creationInfo/creators/${index}`, "is no Person, Organization or Tool (SPDX 2.3, 6.8)");
  }
}

/** Clauses 7 to 9, and 12 for annotations: what has an identifier. */
function checkElements(document: Members, check: Check): void {
  check.ids.add("SPDXRef-DOCUMENT");
  demandLists(check, document, "", [
    "packages",
    "files",
    "snippets",
    "relationships",
    "documentDescribes",
    "annotations",
  ]);
  for (const [kind, clause] of [
    ["packages", "7.2"],
    ["files", "8.2"],
    ["snippets", "9.1"],
  ] as const) {
    for (const [index, item] of listOf(document, kind).entries()) {
      const at = `/${kind}/${index}`;
      const element = asMembers(item);
      if (element === undefined) {
        problem(check, at, "is no object");
        continue;
      }
      demand(check, element, at, ["SPDXID", ELEMENT_ID, clause]);
      demandLists(check, element, at, ["checksums", "externalRefs", "annotations", "hasFiles"]);
      const id = memberOf(element, "SPDXID");
      if (typeof id === "string") {
        if (check.ids.has(id))
          problem(check, `${at}/SPDXID`, `the identifier ${shownIdentifier(id)} is used twice (SPDX 2.3, ${clause})`);
        check.ids.add(id);
      }
      checkChecksums(element, at, check);
      checkAnnotations(element, at, check);
      if (kind === "packages") checkPackage(element, at, check);
      if (kind === "files") demand(check, element, at, ["fileName", /\S/, "8.1"]);
    }
  }
  checkAnnotations(document, "", check);
}

function checkPackage(element: Members, at: string, check: Check): void {
  demand(check, element, at, ["name", /\S/, "7.1"]);
  demand(check, element, at, ["downloadLocation", /^\S+$/, "7.7"]);
  for (const [name, clause] of [
    ["supplier", "7.5"],
    ["originator", "7.6"],
  ] as const) {
    if (memberOf(element, name) !== undefined) demand(check, element, at, [name, ACTOR, clause]);
  }
  for (const [index, item] of listOf(element, "externalRefs").entries()) {
    const reference = asMembers(item) ?? {};
    const place = `${at}/externalRefs/${index}`;
    demand(check, reference, place, ["referenceCategory", CATEGORY, "7.21"]);
    demand(check, reference, place, ["referenceType", /^\S+$/, "7.21"]);
    demand(check, reference, place, ["referenceLocator", /^\S+$/, "7.21"]);
  }
}

/** 7.10 and 8.4: lower-case hex of the algorithm's length. */
function checkChecksums(element: Members, at: string, check: Check): void {
  for (const [index, item] of listOf(element, "checksums").entries()) {
    if (check.checksums.length >= MAX_PROBLEMS) return;
    const members = asMembers(item) ?? {};
    const [algorithm, value] = [memberOf(members, "algorithm"), memberOf(members, "checksumValue")];
    const digits = typeof algorithm === "string" ? CHECKSUM_DIGITS.get(algorithm) : undefined;
    const pointer = `${at}/checksums/${index}`;
    if (digits === undefined) check.checksums.push({ pointer, message: "names no algorithm of SPDX 2.3 (7.10)" });
    else if (typeof value !== "string" || value.length !== digits || !/^[0-9a-f]+$/.test(value)) {
      const message = `a checksum by ${String(algorithm)} has ${digits} digits of lower-case hex (SPDX 2.3, 7.10)`;
      check.checksums.push({ pointer, message });
    }
  }
}

/** Clause 12. */
function checkAnnotations(element: Members, at: string, check: Check): void {
  for (const [index, item] of listOf(element, "annotations").entries()) {
    const annotation = asMembers(item) ?? {};
    const place = `${at}/annotations/${index}`;
    demand(check, annotation, place, ["annotator", CREATOR, "12.1"]);
    demand(check, annotation, place, ["annotationDate", TIME, "12.2"]);
    demand(check, annotation, place, ["annotationType", /^(?:REVIEW|OTHER)$/, "12.3"]);
    demand(check, annotation, place, ["comment", /[^]/, "12.5"]);
  }
}

/** Clause 11, and `documentDescribes` of the JSON form. */
function checkRelationships(document: Members, check: Check): void {
  const isKnown = (id: unknown): boolean => typeof id === "string" && (check.ids.has(id) || EXTERNAL_ID.test(id));
  for (const [index, item] of listOf(document, "relationships").entries()) {
    if (check.form.length >= MAX_PROBLEMS) return;
    const relationship = asMembers(item) ?? {};
    const at = `/relationships/${index}`;
    const [from, to, type] = ["spdxElementId", "relatedSpdxElement", "relationshipType"].map((name) =>
      memberOf(relationship, name),
    );
    if (typeof type !== "string" || !RELATIONSHIPS.has(type)) {
      problem(check, `${at}/relationshipType`, "is no relationship of SPDX 2.3 (11.1)");
    }
    if (!isKnown(from))
      problem(
        check,
        `${at}/spdxElementId`,
        `nothing has the identifier ${shownIdentifier(String(from))} (SPDX 2.3, 11.1)`,
      );
    if (to !== "NONE" && to !== "NOASSERTION" && !isKnown(to)) {
      problem(
        check,
        `${at}/relatedSpdxElement`,
        `nothing has the identifier ${shownIdentifier(String(to))} (SPDX 2.3, 11.1)`,
      );
    }
  }
  for (const [index, id] of listOf(document, "documentDescribes").entries()) {
    if (!isKnown(id))
      problem(check, `/documentDescribes/${index}`, `nothing has the identifier ${shownIdentifier(String(id))}`);
  }
}
