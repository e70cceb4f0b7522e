// The in-toto statement inside a DSSE envelope: which files it speaks of, and what it says about them. Read only after
// the signature over it was found good; still it is the signer's word and no more.
//
//   statement = { _type, subject: [{ name?, digest: { algorithm: hex } }], predicateType, predicate? }
//   (in-toto attestation framework, spec/v1/statement.md; v0.1 has the same members)

import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { member } from "./json-member.ts";
import { MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";

const IN_TOTO_PAYLOAD = "application/vnd.in-toto+json";

const TYPES: readonly string[] = ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1"];

/** Provenance of SLSA, the versions that are known here. */
const PROVENANCE: readonly string[] = ["https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1"];

/** A part of a release: the file belongs to it. */
const RELEASE = "https://in-toto.io/attestation/release/v0.1";

/** Published on a Python index: "https://docs.", the index's own domain, and this path (PEP 740, `predicateType`). */
const PUBLICATION = /^https:\/\/docs\.[a-z]+\.org\/attestations\/publish\/v1$/;

export function isPublication(predicateType: string): boolean {
  return PUBLICATION.test(predicateType);
}

/** Whether it is a statement by which the signer answers for the file. */
export function answersForFile(predicateType: string): boolean {
  return predicateType === RELEASE || PROVENANCE.includes(predicateType) || isPublication(predicateType);
}

/** Digests that prove something, and their hex digits. Strongest first. */
const DIGITS = { sha512: 128, sha384: 96, sha256: 64 } as const;
export type SubjectAlgorithm = keyof typeof DIGITS;
const SUBJECT_ALGORITHMS = ["sha512", "sha384", "sha256"] as const satisfies readonly SubjectAlgorithm[];

/** More files than any release has. */
const MAX_SUBJECTS = 10_000;

export interface StatementSubject {
  /** As the statement writes it; "" when it gives none. */
  readonly name: string;
  /** Lower-case hex of the algorithms that prove something; others are left out. */
  readonly digests: Readonly<Partial<Record<SubjectAlgorithm, string>>>;
}

export interface Statement {
  readonly predicateType: string;
  readonly subjects: readonly StatementSubject[];
  /** Undefined when absent. */
  readonly predicate: Json | undefined;
}

/** @throws MalformedBundleError, UnsupportedBundleError */
export function readStatement(payloadType: string, payload: Uint8Array): Statement {
  if (payloadType !== IN_TOTO_PAYLOAD)
    throw new UnsupportedBundleError(`it signs a document of the type ${payloadType}, which names no files`);
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(payload), { source: "statement" }).value;
  } catch (error) {
    throw new MalformedBundleError(
      `its statement cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const type = member(value, "_type");
  if (typeof type !== "string") throw new MalformedBundleError("its statement has no type");
  if (!TYPES.includes(type))
    throw new UnsupportedBundleError(`its statement is of the type ${type}, which is not known here`);
  const predicateType = member(value, "predicateType");
  if (typeof predicateType !== "string") throw new MalformedBundleError("its statement has no predicate type");
  const subjects = member(value, "subject");
  if (!Array.isArray(subjects) || subjects.length === 0)
    throw new MalformedBundleError("its statement speaks of no file");
  if (subjects.length > MAX_SUBJECTS)
    throw new MalformedBundleError(`its statement speaks of ${subjects.length} files, at most ${MAX_SUBJECTS}`);
  const predicate = member(value, "predicate") as Json | undefined;
  return { predicateType, subjects: subjects.map(readSubject), predicate };
}

function readSubject(value: unknown): StatementSubject {
  const name = member(value, "name") ?? "";
  const digest = member(value, "digest");
  if (typeof name !== "string" || typeof digest !== "object")
    throw new MalformedBundleError("a subject of its statement cannot be read");
  const digests: Partial<Record<SubjectAlgorithm, string>> = {};
  for (const algorithm of SUBJECT_ALGORITHMS) {
    const hex = member(digest, algorithm);
    if (hex === undefined) continue;
    if (typeof hex !== "string" || hex.length !== DIGITS[algorithm] || !/^[0-9a-f]+$/i.test(hex))
      throw new MalformedBundleError(`a subject of its statement has a ${algorithm} that is none`);
    digests[algorithm] = hex.toLowerCase();
  }
  return { name, digests };
}

/** The algorithms that the subjects are known by. */
export function subjectAlgorithms(statement: Statement): readonly SubjectAlgorithm[] {
  return SUBJECT_ALGORITHMS.filter((algorithm) =>
    statement.subjects.some(({ digests }) => digests[algorithm] !== undefined),
  );
}

/**
 * The subject that the file is: some digest is equal and none differs. Names are no part of it: a file may be renamed.
 * @param computed the file's digests, of each algorithm of `subjectAlgorithms`
 * @returns a text when there is none: why, as a clause
 */
export function subjectOf(
  statement: Statement,
  computed: ReadonlyMap<SubjectAlgorithm, string>,
  fileName: string,
): StatementSubject | string {
  const compare = (subject: StatementSubject): readonly boolean[] =>
    SUBJECT_ALGORITHMS.flatMap((algorithm) => {
      const stated = subject.digests[algorithm];
      return stated === undefined ? [] : [stated === computed.get(algorithm)];
    });
  const compared = statement.subjects.map((subject) => ({ subject, same: compare(subject) }));
  if (compared.some(({ same }) => same.includes(true) && same.includes(false)))
    return "its statement has a subject of which one digest is that of these bytes and another is not";
  const found = compared.find(({ same }) => same.includes(true));
  if (found !== undefined) return found.subject;
  const namesake = statement.subjects.find(({ name }) => name !== "" && lastPart(name) === fileName);
  if (namesake !== undefined)
    return `its statement speaks of ${namesake.name} with another digest than these bytes have`;
  const [first, ...others] = statement.subjects;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `its statement does not speak of these bytes, but of ${first?.name === "" ? "a file without a name" : (first?.name ?? "")}${more}`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** Whether the statement tells how the bytes were built. */
export function isProvenance({ predicateType }: Statement): boolean {
  return PROVENANCE.includes(predicateType);
}

/** The builder that a provenance names, which is the signer's claim. SLSA v0.2: builder.id; v1: runDetails.builder.id. */
export function claimedBuilder({ predicate }: Statement): string | undefined {
  const builder = member(predicate, "builder") ?? member(member(predicate, "runDetails"), "builder");
  const id = member(builder, "id");
  return typeof id === "string" && id !== "" ? id : undefined;
}
