// Attestations that npm registries keep for a version of a package: Sigstore bundles, judged as such, whose statements
// must speak of this package. Each is a signature of its own, so none hides behind another.
//
//   document    = { attestations: [ attestation ] }
//   attestation = { predicateType, bundle }
//   publish     the registry took the package in; signed by a key of the registry, which the bundle's hint names
//   provenance  how the package was built; signed with a certificate

import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { memberOf } from "./json-members.ts";
import { namingOf, validityOf } from "./npm-keys.ts";
import type { RegistryKey, RegistryKeys } from "./npm-keys.ts";
import { namesPackage, packageInside } from "./npm-package.ts";
import type { EvidenceFile, Judgement, OpenedFile, PendingSignature, SignedFile, Trust } from "./scheme.ts";
import type { BundleRequest, HintedKey, Statement, StatementSubject } from "./sigstore-bundle.ts";
import { settledAs } from "./settled.ts";

/** What a publish attestation proves. */
const PUBLISHED = "the registry states that exactly these bytes were published under this name and version";
/** npm's specification of it; the address names where it stands, and no registry. */
const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
const PROVENANCE: readonly string[] = ["https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1"];

const FIRST_VERSION = "application/vnd.dev.sigstore.bundle+json;version=0.1";

/** Real documents have two. */
const MAX_ATTESTATIONS = 32;
/** Real ones have some ten thousand. */
const MAX_BYTES = 2 << 20;

/** @param file attacker-controlled */
export async function openAttestations(trust: Trust, keys: RegistryKeys, file: EvidenceFile): Promise<OpenedFile> {
  const attestations = readAttestations(file.bytes);
  if (typeof attestations === "string") return { signatures: [settledAs("malformed", attestations)], remarks: [] };
  const publicKeys = hintedKeys(trust, keys.keys);
  const signatures = await Promise.all(
    attestations.map((attestation) => openAttestation(trust, publicKeys, attestation)),
  );
  return { signatures, remarks: [] };
}

/** The attestations, or why there are none. */
function readAttestations(bytes: Uint8Array): readonly Json[] | string {
  if (bytes.length > MAX_BYTES) return `it has ${bytes.length} bytes, at most ${MAX_BYTES} are read`;
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source: "document" }).value;
  } catch (error) {
    return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  const attestations = memberOf(value, "attestations");
  if (!Array.isArray(attestations)) return "its attestations are no list";
  if (attestations.length === 0) return "it holds no attestation";
  if (attestations.length > MAX_ATTESTATIONS)
    return `it holds ${attestations.length} attestations, at most ${MAX_ATTESTATIONS} are read`;
  return attestations as readonly Json[];
}

/** Keys that may sign attestations, under every notation of their ids. */
function hintedKeys(trust: Trust, keys: readonly RegistryKey[]): ReadonlyMap<string, HintedKey> {
  const hinted = new Map<string, HintedKey>();
  for (const key of keys) {
    const validity = validityOf(key, "npm:attestations");
    if (validity === undefined) continue;
    const hint = "--npm-signature trusts the keys of the public registry; name another registry's with --key";
    const pem = key.object.export({ type: "spki", format: "pem" }).toString();
    for (const id of key.ids) hinted.set(id, { ...validity, pem, signer: { ...namingOf(trust, key), hint } });
  }
  return hinted;
}

async function openAttestation(
  trust: Trust,
  publicKeys: ReadonlyMap<string, HintedKey>,
  attestation: Json,
): Promise<PendingSignature> {
  const [predicateType, bundle] = [memberOf(attestation, "predicateType"), memberOf(attestation, "bundle")];
  if (typeof predicateType !== "string") return settledAs("malformed", "it does not say what it states");
  if (bundle === undefined) return settledAs("malformed", "it has no bundle");
  const isPublish = predicateType === PUBLISH;
  if (!isPublish && !PROVENANCE.includes(predicateType))
    return settledAs("unsupported", `it states ${predicateType}, which is not known here`);
  const problem = problemOfSigner(bundle, isPublish);
  if (problem !== undefined) return settledAs("malformed", problem);
  const { openBundle } = await import("./sigstore-bundle.ts");
  const accepts: BundleRequest["accepts"] = (statement, file, subject) =>
    whyNot(predicateType, statement, file, subject);
  return openBundle({
    bundle: withoutAuthorities(bundle),
    trust,
    publicKeys,
    accepts,
    predicateTypes: [PUBLISH, ...PROVENANCE],
    ...(isPublish ? { proves: PUBLISHED } : {}),
  });
}

/**
 * A registry signs with its key, which hint and envelope must name alike; a builder signs with a certificate, and then
 * the envelope names no key. Nothing signs these names, so a document in which they disagree was tampered with.
 */
function problemOfSigner(bundle: Json, isPublish: boolean): string | undefined {
  const key = memberOf(memberOf(bundle, "verificationMaterial"), "publicKey");
  const signatures = memberOf(memberOf(bundle, "dsseEnvelope"), "signatures");
  if (!Array.isArray(signatures)) return "it holds no signed statement";
  const keyid = memberOf((signatures as readonly Json[])[0], "keyid") ?? "";
  if (!isPublish) {
    if (key !== undefined) return "it is signed with a key, and not with a certificate that names the builder";
    return keyid === "" ? undefined : "it is signed with a certificate, and its envelope names a key";
  }
  if (key === undefined) return "it is not signed with a key of a registry";
  if (keyid === "") return "its envelope does not name the key of the registry";
  return keyid === memberOf(key, "hint") ? undefined : "its envelope names another key than its bundle";
}

/**
 * Up to 2023 bundles of version 0.1 came with all certificates up to the root. Authorities are taken from the trusted
 * root alone, so these prove nothing, and elsewhere a bundle that brings its own root is refused.
 */
function withoutAuthorities(bundle: Json): Json {
  const material = memberOf(bundle, "verificationMaterial");
  const certificates = memberOf(memberOf(material, "x509CertificateChain"), "certificates");
  if (memberOf(bundle, "mediaType") !== FIRST_VERSION || !Array.isArray(certificates)) return bundle;
  const x509CertificateChain = { certificates: (certificates as readonly Json[]).slice(0, 1) };
  return { ...(bundle as object), verificationMaterial: { ...(material as object), x509CertificateChain } };
}

/** Why the statement is not about this package; the subject has the digests of the file. */
async function whyNot(
  predicateType: string,
  statement: Statement,
  file: SignedFile,
  subject: StatementSubject,
): Promise<{ readonly state: Judgement["state"]; readonly reason: string } | undefined> {
  if (statement.predicateType !== predicateType)
    return { state: "malformed", reason: `it is listed as ${predicateType}, and states ${statement.predicateType}` };
  if (statement.subjects.length !== 1)
    return { state: "malformed", reason: `its statement speaks of ${statement.subjects.length} packages, not of one` };
  if (subject.digests.sha512 === undefined)
    return { state: "malformed", reason: "its statement does not name the SHA-512 of the package" };
  const inside = await packageInside(file);
  if ("state" in inside) return inside;
  const { name, version } = inside;
  if (!namesPackage(subject.name, inside))
    return { state: "invalid", reason: `it is about ${subject.name}, and the package calls itself ${name}@${version}` };
  if (predicateType !== PUBLISH) return undefined;
  const { predicate } = statement;
  const [published, release, registry] = ["name", "version", "registry"].map((key) => memberOf(predicate, key));
  if (typeof published !== "string" || typeof release !== "string" || !isRegistry(registry))
    return { state: "malformed", reason: "its statement does not say what was published where" };
  if (published === name && release === version) return undefined;
  const reason = `it says that ${published}@${release} was published, and the package calls itself ${name}@${version}`;
  return { state: "invalid", reason };
}

function isRegistry(value: Json | undefined): boolean {
  return typeof value === "string" && URL.canParse(value) && new URL(value).protocol === "https:";
}
