// A registry of its own for tests: keys that are new in every run, what it signs, and packages to sign.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { hashBytes } from "../../src/core/hash-set.ts";
import type { Pin } from "../../src/core/signer.ts";
import type { EvidenceFile, Judgement, Scheme, SignedFile, Trust } from "../../src/verify/scheme.ts";
import { trustNobody } from "../../src/verify/signed.ts";

export const NAME = "@acme/server";
export const VERSION = "1.2.3";
export const PURL = "pkg:npm/%40acme/server@1.2.3";
export const TARBALL = Buffer.from("not looked into: the package inside is told beside it");
export const SHA512 = createHash("sha512").update(TARBALL).digest();
export const INTEGRITY = `sha512-${SHA512.toString("base64")}`;
export const CHECKED_AT = new Date("2026-06-01T00:00:00Z");

export interface RegistryKeys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  /** As ssh-keygen prints it. */
  readonly id: string;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spki: string;
}

const ssh = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(Buffer.byteLength(part));
      return [length, Buffer.from(part)];
    }),
  );

const der = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
const unpadded = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64").replace("=", "");

export function createKeys(): RegistryKeys {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const point = der(publicKey).subarray(-65);
  const id = `SHA256:${unpadded(ssh("ecdsa-sha2-nistp256", "nistp256", point))}`;
  return { publicKey, privateKey, id, spki: createHash("sha256").update(der(publicKey)).digest("hex") };
}

/** The id of the other notation: over the SubjectPublicKeyInfo. */
export const spkiId = ({ publicKey }: RegistryKeys): string => `SHA256:${unpadded(der(publicKey))}`;

/** An entry of the list of keys, as the registry answers it. */
export function keyEntry({ publicKey, id }: RegistryKeys, more: object = {}): object {
  const kind = "ecdsa-sha2-nistp256";
  const key = der(publicKey).toString("base64");
  return { expires: null, keyid: id, keytype: kind, scheme: kind, key, ...more };
}

/** An entry as TUF hands it out. */
export function tufEntry({ publicKey, id }: RegistryKeys, usage: string, validFor: object): object {
  const rawBytes = der(publicKey).toString("base64");
  return { keyId: id, keyUsage: usage, publicKey: { rawBytes, keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor } };
}

export function json(value: unknown, source = "evidence.json"): EvidenceFile {
  return { source, bytes: Buffer.from(JSON.stringify(value)) };
}

export const keysFile = (...entries: readonly object[]): EvidenceFile => json({ keys: entries }, "keys.json");
export const pemFile = ({ publicKey }: RegistryKeys): EvidenceFile => ({
  source: "registry.pem",
  bytes: Buffer.from(publicKey.export({ type: "spki", format: "pem" })),
});

/** One signature of the registry over a text that names the package. */
export function registrySignature(
  { privateKey, id }: RegistryKeys,
  text = `${NAME}@${VERSION}:${INTEGRITY}`,
): { keyid: string; sig: string } {
  return { keyid: id, sig: sign("sha256", Buffer.from(text), privateKey).toString("base64") };
}

export function packageFile(name = NAME, version = VERSION, ecosystem: "npm" | "pypi" = "npm"): SignedFile {
  return { name: "acme-server-1.2.3.tgz", package: async () => ({ package: { ecosystem, name, version } }) };
}

export const unreadable: SignedFile = {
  name: "acme-server-1.2.3.tgz",
  package: async () => ({ reason: "it holds two package.json" }),
};

export function trust(more: Partial<Trust> = {}): Trust {
  return { ...trustNobody(CHECKED_AT, CHECKED_AT), ...more };
}

/** Trust as a policy gives it: one signer with one pin. */
export function pinned(pin: Omit<Pin, "scheme"> & { scheme?: Pin["scheme"] }, more: Partial<Trust> = {}): Trust {
  const pins = [{ scheme: "npm" as const, ...pin }];
  return trust({ signers: [{ name: "acme", pins, keyFiles: [], definedIn: "boltseal.json" }], ...more });
}

/** The judgements of a document by one scheme, as `verify` makes them. */
export async function judgeAll(
  scheme: Scheme,
  document: EvidenceFile,
  by: Trust,
  file: SignedFile = packageFile(),
  bytes: Uint8Array = TARBALL,
): Promise<readonly Judgement[]> {
  const { open } = await scheme.verifier(by);
  const { signatures } = await open(document);
  return Promise.all(signatures.map(({ needs, judge }) => judge(hashBytes(bytes, needs), file)));
}

/** The one judgement of a document with one signature. */
export async function judgeOne(...args: Parameters<typeof judgeAll>): Promise<Judgement> {
  const [only, ...others] = await judgeAll(...args);
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} judgements instead of one`);
  return only;
}
