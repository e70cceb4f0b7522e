// Sigstore's own keys: where they come from, how old they are, and whether they can be used. Pure; the caller reads the
// files. Two forms are read: a trusted_root.json as Sigstore publishes it (`--trusted-root`), and ours, which comes with
// the program and is written anew by --refresh-trust:
//
//   { form: "boltseal-trust-roots-1", date, dateOf, trustedRoot, registryKeys }
//
//   date          ISO 8601: as of when these were known to be the current ones
//   dateOf        what happened then, as a clause
//   trustedRoot   trusted_root.json (sigstore_trustroot.proto), verified by TUF
//   registryKeys  keys.json of the public npm registry: { keys: [{ keyId, keyUsage, publicKey }] }

import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { member } from "./json-member.ts";
import type { EvidenceFile } from "./scheme.ts";

export const ROOTS_FORM = "boltseal-trust-roots-1";

/** A key that a package registry signs with. */
export interface RegistryKey {
  /** `SHA256:` and base64, as signatures name it. */
  readonly keyId: string;
  readonly usage: "npm:signatures" | "npm:attestations";
  /** PEM, SubjectPublicKeyInfo. */
  readonly pem: string;
  readonly notBefore: Date;
  readonly notAfter?: Date;
}

export interface TrustRoots {
  /** As of when they are known to be current; undefined for a file that the user named. */
  readonly date: Date | undefined;
  /** What happened then: `TUF root 14 was signed`. */
  readonly dateOf: string;
  /** trusted_root.json; every key and authority in it has a start of validity. */
  readonly trustedRoot: Json;
  /** Empty for a file that the user named. */
  readonly registryKeys: readonly RegistryKey[];
}

/** Older ones may lack a key that is in use by now (days). */
const MAX_AGE = 180;
const DAY = 86_400_000;
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.[12]|\.v0\.[12]\+json)$/;

/**
 * The newer of the keys that came with the program and those that were fetched since, as the file to put into
 * `Trust.trustedRoot`. Neither is read further here.
 * @throws UserError `key-malformed`
 */
export function loadTrustRoots(embedded: EvidenceFile, refreshed: EvidenceFile | undefined): EvidenceFile {
  if (refreshed === undefined) return embedded;
  const [own, fetched] = [readTrustRoots(embedded), readTrustRoots(refreshed)];
  if (fetched.date === undefined) throw malformed(refreshed, "is not a file that --refresh-trust wrote");
  return own.date === undefined || fetched.date > own.date ? refreshed : embedded;
}

/** Either form. @throws UserError `key-malformed` */
export function readTrustRoots(file: EvidenceFile): TrustRoots {
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(file.bytes), { source: file.source }).value;
  } catch (error) {
    throw malformed(file, `cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (member(value, "form") !== ROOTS_FORM) {
    checkTrustedRoot(file, value);
    return { date: undefined, dateOf: "", trustedRoot: value, registryKeys: [] };
  }
  const [date, dateOf] = [member(value, "date"), member(value, "dateOf")];
  const time = typeof date === "string" ? new Date(date) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()) || typeof dateOf !== "string")
    throw malformed(file, "has no date");
  const trustedRoot = (member(value, "trustedRoot") ?? null) as Json;
  checkTrustedRoot(file, trustedRoot);
  return { date: time, dateOf, trustedRoot, registryKeys: readRegistryKeys(file, member(value, "registryKeys")) };
}

function malformed(file: EvidenceFile, what: string): UserError {
  return new UserError("key-malformed", `${file.source}: ${what}`, {
    hint: "a trusted root is Sigstore's trusted_root.json",
  });
}

function listOf(file: EvidenceFile, value: unknown, name: string): readonly unknown[] {
  const list = member(value, name) ?? [];
  if (!Array.isArray(list)) throw malformed(file, `${name} is no list`);
  return list as readonly unknown[];
}

/** The library takes a key without a start of validity for one that was always valid: here it is an error. */
function checkTrustedRoot(file: EvidenceFile, root: unknown): void {
  const mediaType = member(root, "mediaType");
  if (typeof mediaType !== "string" || !MEDIA_TYPE.test(mediaType)) throw malformed(file, "is no trusted root");
  for (const name of ["tlogs", "ctlogs"]) {
    listOf(file, root, name).forEach((log, index) => {
      checkPeriod(file, member(member(log, "publicKey"), "validFor"), `${name}[${index}]`);
    });
  }
  for (const name of ["certificateAuthorities", "timestampAuthorities"]) {
    listOf(file, root, name).forEach((authority, index) => {
      checkPeriod(file, member(authority, "validFor"), `${name}[${index}]`);
      if (listOf(file, member(authority, "certChain"), "certificates").length === 0)
        throw malformed(file, `${name}[${index}] has no certificate`);
    });
  }
}

function checkPeriod(file: EvidenceFile, period: unknown, path: string): void {
  const [start, end] = [member(period, "start"), member(period, "end")];
  if (timeOf(start) === undefined) throw malformed(file, `${path} does not say from when on it is valid`);
  if (end !== undefined && timeOf(end) === undefined)
    throw malformed(file, `${path} does not say until when it is valid`);
}

/** RFC 3339, as protobuf's JSON writes a Timestamp. */
function timeOf(value: unknown): Date | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function readRegistryKeys(file: EvidenceFile, value: unknown): readonly RegistryKey[] {
  return listOf(file, value, "keys").map((entry) => {
    const [keyId, usage] = [member(entry, "keyId"), member(entry, "keyUsage")];
    const key = member(entry, "publicKey");
    const [raw, period] = [member(key, "rawBytes"), member(key, "validFor")];
    const [notBefore, notAfter] = [timeOf(member(period, "start")), timeOf(member(period, "end"))];
    if (typeof keyId !== "string" || typeof raw !== "string" || notBefore === undefined)
      throw malformed(file, "a registry key cannot be read");
    if (usage !== "npm:signatures" && usage !== "npm:attestations")
      throw malformed(file, `a registry key is for ${String(usage)}, which is not known here`);
    if (member(period, "end") !== undefined && notAfter === undefined)
      throw malformed(file, "a registry key does not say until when it is valid");
    const pem = `-----BEGIN PUBLIC KEY-----\n${raw}\n-----END PUBLIC KEY-----\n`;
    return { keyId, usage, pem, notBefore, ...(notAfter === undefined ? {} : { notAfter }) };
  });
}

/** What to say about keys that are old, or undefined. `now` is the later of the real clock and that of the check. */
export function ageOf({ date, dateOf }: Pick<TrustRoots, "date" | "dateOf">, now: Date): string | undefined {
  if (date === undefined) return undefined;
  const days = Math.floor((now.getTime() - date.getTime()) / DAY);
  if (days <= MAX_AGE) return undefined;
  return `Sigstore's keys are ${days} days old (${dateOf} on ${date.toISOString().slice(0, 10)})`;
}
