// CMS fixtures and forgeries, judged as the program judges them: in process, at a given time.

import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pin, Signer } from "../../src/core/signer.ts";
import type { EvidenceFile, Judgement, Trust } from "../../src/verify/scheme.ts";
import { signersOf, trustNobody } from "../../src/verify/signed.ts";
import { ROOT } from "./project.ts";

/** When all certificates of the fixtures are valid, and their signatures made. */
export const AT = new Date("2026-03-15T00:00:00Z");

export const CMS_FIXTURES = join(ROOT, "fixtures/verify/cms");

/** A file of fixtures/verify/cms/. */
export function fixture(file: string): EvidenceFile {
  return { source: file, bytes: readFileSync(join(CMS_FIXTURES, file)) };
}

export const DOCUMENT = fixture("document.txt").bytes;

export function trusting(parts: Partial<Trust>): Trust {
  return { ...trustNobody(AT, AT), ...parts };
}

/** SHA-256 of a certificate (PEM or DER), lower-case hex. */
export function fingerprint(certificate: Uint8Array): string {
  return createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex");
}

/** SHA-256 of a certificate's SubjectPublicKeyInfo, lower-case hex. */
export function keyFingerprint(certificate: Uint8Array): string {
  const key = new X509Certificate(certificate).publicKey.export({ format: "der", type: "spki" });
  return createHash("sha256").update(key).digest("hex");
}

/** A policy's signer with these pins. */
export function pinning(signerName: string, ...pins: readonly Omit<Pin, "scheme">[]): Signer {
  return {
    name: signerName,
    pins: pins.map((pin) => ({ scheme: "x509", ...pin })),
    keyFiles: [],
    definedIn: "boltseal.json",
  };
}

/** The one judgement of a file with one signature. @throws Error for any other number of signatures */
export async function judgeOne(bytes: Uint8Array, signature: Uint8Array, parts: Partial<Trust>): Promise<Judgement> {
  const judgements = await signersOf(bytes, [{ source: "x.p7s", bytes: signature }], trusting(parts));
  const [only] = judgements;
  if (only === undefined || judgements.length !== 1) throw new Error(`${judgements.length} signatures`);
  return only;
}
