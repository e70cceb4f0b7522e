// An SSH public key as a pin writes it: `ssh-ed25519 AAAA…`, as in a .pub file. Only its outer form is read here;
// what the numbers mean is the scheme's business (verify/).
//
//   key  = type SP base64( string(type) *string ) [ SP comment ]      RFC 4253 section 6.6; string as in RFC 4251 section 5

import { strictBase64 } from "../core/digest.ts";
import { malformed } from "./place.ts";
import type { Place } from "./place.ts";

/** The fields behind the type, by type; a number is the length that a field must have. */
const FIELDS: Readonly<Record<string, readonly (number | undefined)[]>> = {
  "ssh-ed25519": [32],
  "ssh-rsa": [undefined, undefined],
  "ecdsa-sha2-nistp256": [8, 65],
  "ecdsa-sha2-nistp384": [8, 97],
  "ecdsa-sha2-nistp521": [8, 133],
  "sk-ssh-ed25519@openssh.com": [32, undefined],
  "sk-ecdsa-sha2-nistp256@openssh.com": [8, 65, undefined],
};

/** As OpenSSH: an RSA key of 16384 bits is well below. */
const MAX_TEXT = 8192;

const HINT = "write type and base64 as they stand in the .pub file: ssh-ed25519 AAAA…";

/** Type and base64, without the comment. @throws UserError `policy-malformed` */
export function sshIdentity(place: Place, text: string): string {
  if (text.length > MAX_TEXT) throw malformed(place, "is longer than any SSH key");
  const [type = "", base64 = ""] = text.split(/ +/);
  if (text.startsWith("SHA256:") || text.startsWith("MD5:")) {
    throw malformed(place, "is the fingerprint of an SSH key, and the key itself is needed", HINT);
  }
  if (type.endsWith("-cert-v01@openssh.com")) {
    throw malformed(place, "is an SSH certificate, and a pin names a key", HINT);
  }
  if (type === "ssh-dss") throw malformed(place, "is a DSA key, and signatures by those prove nothing");
  const layout = Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  if (layout === undefined) throw malformed(place, `not an SSH public key: ${start(text)}`, HINT);
  const fields = fieldsOf(strictBase64(base64));
  const isWhole =
    fields?.length === layout.length + 1 &&
    fields[0]?.toString("latin1") === type &&
    layout.every((length, index) => length === undefined || fields[index + 1]?.length === length);
  if (!isWhole) throw malformed(place, `not a whole key of type ${type}: ${start(text)}`, HINT);
  return `${type} ${base64}`;
}

/** The 32 bytes of an Ed25519 key, in whatever of its two types; undefined for other keys. */
export function sshEd25519(identity: string): Buffer | undefined {
  const [type = "", base64 = ""] = identity.split(" ");
  return type === "ssh-ed25519" || type === "sk-ssh-ed25519@openssh.com"
    ? fieldsOf(strictBase64(base64))?.[1]
    : undefined;
}

/** Length-prefixed strings that fill the bytes, or undefined. */
function fieldsOf(bytes: Buffer | undefined): readonly Buffer[] | undefined {
  if (bytes === undefined) return undefined;
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

function start(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
