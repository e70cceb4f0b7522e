// Judges attestations of Python packages (PEP 740): each is turned into a Sigstore bundle and judged as one, and its
// statement must name this very file.
//
//   attestation = { version: 1, verification_material: { certificate, transparency_entries }, envelope }
//   envelope    = { statement, signature }                     all of them base64; the statement is in-toto's
//   provenance  = { version: 1, attestation_bundles: [ { publisher, attestations: [ attestation ] } ] }

import { strictBase64 } from "../core/digest.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { memberOf } from "./json-members.ts";
import { sameDistribution } from "./pypi-file-name.ts";
import { publisherProblem } from "./pypi-publisher.ts";
import type { EvidenceFile, Judgement, OpenedFile, PendingSignature, SignedFile, Trust } from "./scheme.ts";
import { isPublication } from "./sigstore-statement.ts";
import type { BundleRequest, Statement, StatementSubject } from "./sigstore-bundle.ts";
import { settled } from "./settled.ts";

/** What a publication statement proves. */
const PUBLISHED = "the signer published exactly these bytes under this name";
const PROVENANCE = "https://slsa.dev/provenance/v1";

/** Real documents have one of each kind. */
const MAX_ATTESTATIONS = 32;
const MAX_BYTES = 2 << 20;

interface Attestation {
  readonly value: Json;
  /** Whom the index names as the publisher; undefined where nobody is named. */
  readonly publisher: Json | undefined;
}

type Refusal = { readonly state: "malformed" | "unsupported"; readonly reason: string };

function malformed(reason: string): Refusal {
  return { state: "malformed", reason };
}

/** @param file attacker-controlled */
export async function openAttestations(trust: Trust, file: EvidenceFile): Promise<OpenedFile> {
  const attestations = readDocument(file.bytes);
  if ("state" in attestations) return { signatures: [settled(attestations)], remarks: [] };
  const signatures = await Promise.all(
    attestations.map(async (attestation) =>
      "state" in attestation ? settled(attestation) : openAttestation(trust, attestation),
    ),
  );
  return { signatures, remarks: [] };
}

function readDocument(bytes: Uint8Array): readonly (Attestation | Refusal)[] | Refusal {
  if (bytes.length > MAX_BYTES) return malformed(`it has ${bytes.length} bytes, at most ${MAX_BYTES} are read`);
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source: "document" }).value;
  } catch (error) {
    return malformed(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const bundles = memberOf(value, "attestation_bundles");
  if (bundles === undefined) return [{ value, publisher: undefined }];
  if (memberOf(value, "envelope") !== undefined) return malformed("it is an attestation and holds attestations");
  const other = otherVersion(value);
  if (other !== undefined) return other;
  if (!Array.isArray(bundles)) return malformed("its attestation bundles are no list");
  const found = (bundles as readonly Json[]).slice(0, MAX_ATTESTATIONS + 1).flatMap(attestationsOf);
  if (found.length === 0) return malformed("it holds no attestation");
  if (found.length > MAX_ATTESTATIONS) return malformed(`it holds more than ${MAX_ATTESTATIONS} attestations`);
  return found;
}

function otherVersion(value: Json): Refusal | undefined {
  const version = memberOf(value, "version");
  if (version === 1) return undefined;
  if (version === undefined) return malformed("it does not state its version");
  return { state: "unsupported", reason: `it is of the version ${JSON.stringify(version)}, and 1 is known here` };
}

function attestationsOf(bundle: Json): readonly (Attestation | Refusal)[] {
  const [publisher, list] = [memberOf(bundle, "publisher"), memberOf(bundle, "attestations")];
  if (publisher === undefined) return [malformed("it names no publisher of its attestations")];
  if (!Array.isArray(list)) return [malformed("its attestations are no list")];
  if (list.length === 0) return [malformed("it names a publisher without attestations")];
  return (list as readonly Json[]).slice(0, MAX_ATTESTATIONS + 1).map((value) => ({ value, publisher }));
}

async function openAttestation(trust: Trust, { value, publisher }: Attestation): Promise<PendingSignature> {
  const other = otherVersion(value);
  if (other !== undefined) return settled(other);
  const statement = memberOf(memberOf(value, "envelope"), "statement");
  const predicateType = predicateTypeIn(statement);
  if (typeof predicateType !== "string") return settled(predicateType);
  if (predicateType !== PROVENANCE && !isPublication(predicateType))
    return settled({ state: "unsupported", reason: `it states ${predicateType}, which is not known here` });
  const { openBundle } = await import("./sigstore-bundle.ts");
  const accepts: BundleRequest["accepts"] = async (signed, file, subject, certificate) =>
    whyNot(signed, file, subject) ?? publisherProblem(publisher, certificate);
  const proves = predicateType === PROVENANCE ? {} : { proves: PUBLISHED };
  return openBundle({ bundle: bundleOf(value), trust, accepts, predicateTypes: [predicateType], ...proves });
}

/** What the statement says that it states: the same bytes whose signature is checked afterwards. */
function predicateTypeIn(statement: Json | undefined): string | Refusal {
  const bytes = typeof statement === "string" ? strictBase64(statement) : undefined;
  if (bytes === undefined) return malformed("its statement is no base64");
  try {
    const { value } = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source: "statement" });
    const predicateType = memberOf(value, "predicateType");
    return typeof predicateType === "string" ? predicateType : malformed("its statement has no predicate type");
  } catch (error) {
    return malformed(`its statement cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** PEP 740, "Attestation objects": the members are those of a Sigstore bundle by other names. */
function bundleOf(value: Json): unknown {
  const [material, envelope] = [memberOf(value, "verification_material"), memberOf(value, "envelope")];
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: memberOf(material, "certificate") },
      tlogEntries: memberOf(material, "transparency_entries"),
    },
    dsseEnvelope: {
      payload: memberOf(envelope, "statement"),
      payloadType: "application/vnd.in-toto+json",
      signatures: [{ sig: memberOf(envelope, "signature") }],
    },
  };
}

/** Why the statement is not about this file; the subject has the digests of the file. */
function whyNot(
  statement: Statement,
  file: SignedFile,
  subject: StatementSubject,
): { readonly state: Judgement["state"]; readonly reason: string } | undefined {
  if (statement.subjects.length !== 1) return malformed(`its statement speaks of ${statement.subjects.length} files`);
  if (subject.digests.sha256 === undefined) return malformed("its statement does not name the SHA-256 of the file");
  if (sameDistribution(subject.name, file.name)) return undefined;
  return { state: "invalid", reason: `it is about ${subject.name}, and the file is called ${file.name}` };
}
