// SSH signatures (OpenSSH, PROTOCOL.sshsig), as `ssh-keygen -Y sign` makes them. All that judges is loaded when
// there is such a signature.

import type { Scheme } from "./scheme.ts";

const BEGIN = "-----BEGIN SSH SIGNATURE-----";

/** Comments and other lines may stand before the first key. */
const KEY_START = 64 * 1024;

function startOf(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.subarray(0, length)).toString("latin1");
}

export const ssh: Scheme = {
  name: "ssh",
  // White space and a byte order mark are refused later, with a reason of their own.
  recognises: (bytes) => /^(?:\xef\xbb\xbf|\s){0,16}-----BEGIN SSH SIG/.test(startOf(bytes, BEGIN.length + 48)),
  /** A line of a .pub or allowed_signers file: a type, and base64 that starts with a length below 2^16. */
  recognisesKey: (bytes) =>
    /(?:^|[ \t])(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]{3,64}[ \t]+AAAA[A-Za-z0-9+/]/m.test(
      startOf(bytes, KEY_START),
    ),
  async verifier(trust) {
    const { openSshSignature, readSshKeys } = await import("./ssh-judge.ts");
    const keys = readSshKeys(trust);
    return { remarks: keys.remarks, open: async (file) => openSshSignature(trust, keys, file) };
  },
};
