// What a file is that holds neither the signature nor the key that somebody took it for: for the hint of a message.

import { parseChecksumList } from "./checksums.ts";

/** Undefined when nothing can be said. `bytes` are attacker-controlled; only their start is looked at. */
export function looksLike(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 512)).toString("latin1");
  if (start.slice(8, 12) === "KBXf") return "it is a GnuPG keybox; export the key: gpg --export FINGERPRINT > key.gpg";
  if (/^\s*<(?:!doctype|html)/i.test(start)) return "it is a web page: the download went wrong";
  if (start.startsWith("-----BEGIN PGP SIG")) return "it is a signature; pass it with --signature";
  if (/^(?:-----BEGIN (?:PUBLIC KEY|CERTIFICATE)|(?:ssh|ecdsa|sk)-\S+ AAAA)/.test(start))
    return "it is a public key or certificate: if you trust it, pass it with --key";
  if (/^-----BEGIN (?:SSH SIG|CMS|PKCS7)/.test(start)) return "it is a signature; pass it with --signature";
  if (/PRIVATE KEY/.test(start)) return "it is a private key: nothing here needs one";
  if (parseChecksumList(bytes, "").entries.length > 0) return "it is a checksum list; pass it with --checksums";
  return undefined;
}
