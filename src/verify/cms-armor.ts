// The DER of a signature file, out of its PEM where it has one.

import { DerError } from "./x509-der.ts";
import { readPem } from "./x509-pem.ts";

/** The DER, unread, or what is wrong with the PEM around it: one block and nothing else. */
export function signatureBytes(bytes: Uint8Array): { readonly der: Uint8Array } | { readonly malformed: string } {
  if (bytes[0] === 0x30) return { der: bytes };
  try {
    const { blocks, surrounded } = readPem(bytes);
    const [only, ...others] = blocks;
    if (only === undefined) return { malformed: "it holds no signature" };
    if (others.length > 0) return { malformed: `it holds ${blocks.length} blocks, one is expected` };
    if (surrounded) return { malformed: "it holds text outside its signature block" };
    return { der: only.bytes };
  } catch (error) {
    if (error instanceof DerError) return { malformed: error.message };
    throw error;
  }
}
