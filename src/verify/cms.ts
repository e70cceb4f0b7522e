// Detached CMS signatures (RFC 5652, once PKCS #7), as DER or PEM: what openssl cms and smime, signtool's detached form
// and the signing services make. Small, because it is always loaded; what judges is loaded at the first signature.

import type { EvidenceFile, OpenedFile, PendingSignature, Scheme, Trust, Verifier } from "./scheme.ts";
import type { SignedRange } from "./cms-judge.ts";
import { settledAs } from "./settled.ts";

/** A verifier that also takes a signature out of another file, over a part of it. */
export interface CmsVerifier extends Verifier {
  /** @param der attacker-controlled */
  openOver(der: Uint8Array, ranges: readonly [SignedRange, ...SignedRange[]]): PendingSignature;
}

export interface CmsScheme extends Scheme {
  /** @throws UserError `key-malformed` */
  verifier(trust: Trust): Promise<CmsVerifier>;
}

const ARMOR = /^\s*-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----/;
const KEY_ARMOR = /^-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----/m;
/** OBJECT IDENTIFIER 1.2.840.113549.1.7.2, signedData. */
const SIGNED_DATA = "06092a864886f70d010702";

function startOf(bytes: Uint8Array, length: number): Buffer {
  return Buffer.from(bytes.subarray(0, length));
}

/** Hex of what stands behind the tag and length of a SEQUENCE. */
function insideSequence(bytes: Uint8Array): string {
  const first = bytes[1] ?? 0;
  return startOf(bytes, 64)
    .subarray(2 + (first > 0x80 ? first & 0x7f : 0))
    .toString("hex");
}

export const cms: CmsScheme = {
  name: "cms",
  recognises(bytes) {
    if (bytes[0] === 0x30) return insideSequence(bytes).startsWith(SIGNED_DATA);
    return ARMOR.test(startOf(bytes, 256).toString("latin1"));
  },
  recognisesKey(bytes) {
    // A certificate as DER: a SEQUENCE that begins with a SEQUENCE that begins with a version or a number.
    if (bytes[0] === 0x30) return /^30(?:[0-7].|81..|82....|83......)(?:a00302010[0-2]|02)/.test(insideSequence(bytes));
    return KEY_ARMOR.test(startOf(bytes, 65_536).toString("latin1"));
  },
  async verifier(trust) {
    const { readTrustStore } = await import("./x509.ts");
    const { openSignature } = await import("./cms-judge.ts");
    const { signatureBytes } = await import("./cms-armor.ts");
    const store = readTrustStore(trust);
    const openOver: CmsVerifier["openOver"] = (der, ranges) => openSignature(der, ranges, trust, store);
    const open = async (file: EvidenceFile): Promise<OpenedFile> => {
      const read = signatureBytes(file.bytes);
      const pending: PendingSignature =
        "malformed" in read ? settledAs("malformed", read.malformed) : openOver(read.der, [{ request: {} }]);
      return { signatures: [pending], remarks: [] };
    };
    return { open, openOver, remarks: store.remarks };
  },
};
