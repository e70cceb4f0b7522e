// Judges SSH signatures. They carry their key, so the questions are: is the cryptography good, is it made for this
// purpose (the namespace), and do flags or policies name the key.

import { UserError } from "../core/errors.ts";
import type { HashResult } from "../core/hash-set.ts";
import type { Pin } from "../core/signer.ts";
import type { EvidenceFile, Judgement, OpenedFile, PendingSignature, Remark, Trust } from "./scheme.ts";
import { listNames, readKeyLines } from "./ssh-allowed.ts";
import type { KeyLine } from "./ssh-allowed.ts";
import type { VerifyingKey } from "../core/ed25519.ts";
import { bitLength, verifyingKey } from "./ssh-key.ts";
import type { SshKey } from "./ssh-key.ts";
import { readArmor, readSshSignature, shown } from "./ssh-signature.ts";
import type { SshSignature } from "./ssh-signature.ts";
import { isSignedBy, TOUCHED, VERIFIED } from "./ssh-verify.ts";
import { WireError } from "./ssh-wire.ts";
import { iso } from "../core/time.ts";
import { judgeSigner } from "./standing.ts";
import { settledFile } from "./settled.ts";

/** A line of a key file, and who named the file. */
interface NamedLine extends KeyLine {
  readonly flagged: boolean;
  readonly source: string;
}

/** What key files say, by the key's identity. A signature carries its key, so files need not bring any. */
export interface SshKeys {
  readonly lines: ReadonlyMap<string, readonly NamedLine[]>;
  readonly remarks: readonly Remark[];
}

/**
 * The lines of the files that flags and policies name. Files beside the artifact are not read: they could say
 * nothing that counts.
 * @throws UserError `key-malformed` for a file that the user named
 */
export function readSshKeys(trust: Trust): SshKeys {
  const lines = new Map<string, NamedLine[]>();
  const remarks: Remark[] = [];
  const files = [
    ...trust.keys.map((file) => ({ file, flagged: true })),
    ...trust.policyKeys.map((file) => ({ file, flagged: false })),
  ];
  for (const { file, flagged } of files) {
    for (const line of readKeyLines(file.bytes)) {
      const useless = uselessness(line);
      if ("reason" in line && flagged)
        throw new UserError("key-malformed", `${file.source}:${line.line}: ${line.reason}`, { hint: HINT_FILE });
      if (useless !== undefined)
        remarks.push({ rule: "key-unusable", message: `line ${line.line}: ${useless}`, file: file.source });
      else if ("key" in line) {
        const known = lines.get(line.key.identity);
        if (known === undefined) lines.set(line.key.identity, [{ ...line, flagged, source: file.source }]);
        else known.push({ ...line, flagged, source: file.source });
      }
    }
  }
  return { lines, remarks };
}

const HINT_FILE = "give a .pub file, or allowed signers as ssh-keygen(1) describes them";

/** Why no signature can count because of this line, or undefined. */
function uselessness(line: ReturnType<typeof readKeyLines>[number]): string | undefined {
  if ("reason" in line) return line.reason;
  if (line.options.certAuthority === true) return "it names an authority, and certificates are not checked here";
  return line.key.material === undefined ? `keys of the type ${line.key.type} are not checked here` : undefined;
}

export function openSshSignature(trust: Trust, keys: SshKeys, file: EvidenceFile): OpenedFile {
  try {
    const { blob, surrounded } = readArmor(file.bytes);
    const signature = readSshSignature(blob);
    if (typeof signature === "string")
      return settledFile({ state: "unsupported", reason: signature, hint: "ask for a signature by a plain key" });
    const message = `${file.source} holds text after its signature block`;
    return {
      signatures: [pendingFor(trust, keys, signature)],
      remarks: surrounded ? [{ rule: "signature-surrounded", message }] : [],
    };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const hint = "obtain the signature again (it is made with ssh-keygen -Y sign)";
    return settledFile({ state: "malformed", reason: error.message, hint });
  }
}

/** A signature that can be checked, and everything that is asked about it. */
interface Case {
  readonly trust: Trust;
  readonly lines: readonly NamedLine[];
  readonly signature: SshSignature;
  readonly key: SshKey & VerifyingKey;
}

/** @throws WireError for a key that is none */
function pendingFor(trust: Trust, keys: SshKeys, signature: SshSignature): PendingSignature {
  const { key } = signature;
  if (key.material === undefined) throw new Error("a key of an unknown type has no signatures");
  const lines = keys.lines.get(key.identity) ?? [];
  const c: Case = { trust, lines, signature, key: { ...key, ...verifyingKey(key.material) } };
  return {
    needs: [{ algorithm: signature.hash }],
    judge: async ([hash]: readonly HashResult[]) => {
      if (hash === undefined) throw new Error("a signature was judged without the hash that it asked for");
      if (!isSignedBy(c.key.object, signature, hash.digest))
        return { state: "invalid", reason: "it is not valid for these bytes", signer: signerText(c) };
      return judgeGood(c);
    },
  };
}

function signerText({ key, lines }: Case): string {
  const name = `ssh SHA256:${key.fingerprint.toString("base64").replace(/=+$/, "")}`;
  const principals = lines.find((line) => line.principals !== undefined)?.principals;
  return principals === undefined ? name : `${name} (${principals})`;
}

/** A pin on this key, whatever it is for. */
function pinsKey({ key }: Case, pin: Pin): boolean {
  return pin.scheme === "ssh" && pin.identity === key.identity;
}

/** The cryptography is good: is it for this purpose, and does somebody name the key. */
function judgeGood(c: Case): Judgement {
  const { trust, lines, signature, key } = c;
  const { namespace } = signature;
  const usable = lines.filter((line) => problemOf(c, line) === undefined);
  const narrowed = trust.fingerprints.length > 0;
  const byPrint = [key.fingerprint.toString("hex"), key.spki].some((print) => trust.fingerprints.includes(print));
  const chosen = narrowed ? byPrint : lines.some(({ flagged }) => flagged);
  const pins = trust.signers.flatMap((signer) => signer.pins).filter((pin) => pinsKey(c, pin));
  const about = { fits: true as const, signer: signerText(c), key: key.spki };
  const isRevoked = pins.some((pin) => pin.revoked !== undefined);
  const expected = [...(chosen ? [trust.namespace] : []), ...pins.map((pin) => pin.namespace ?? trust.namespace)];
  if (expected.length > 0 && !isRevoked) {
    if (!expected.includes(namespace)) return { ...about, ...wrongNamespace(namespace, expected) };
    const [line] = lines;
    // What a named file says of a key binds it, also where a pin or a fingerprint names the key.
    const problem = line === undefined ? untouched(c, {}) : usable.length === 0 ? problemOf(c, line) : undefined;
    if (problem !== undefined) return { ...about, ...problem };
  }
  const weak = weaknessOf(signature);
  return judgeSigner(trust, {
    signer: about.signer,
    key: about.key,
    flagged: namespace === trust.namespace && (narrowed ? byPrint : usable.some(({ flagged }) => flagged)),
    // A revoked key is revoked for every purpose.
    names: (pin) => pinsKey(c, pin) && (pin.revoked !== undefined || (pin.namespace ?? trust.namespace) === namespace),
    ...(weak === undefined ? {} : { weak }),
    hint: "obtain the publisher's public key or allowed signers over another channel, and pass them with --key",
  });
}

function wrongNamespace(namespace: string, expected: readonly string[]): Judgement {
  const wanted = [...new Set(expected)].map((name) => JSON.stringify(name)).join(" or ");
  return {
    state: "invalid",
    reason: `it is made for the namespace ${JSON.stringify(shown(namespace))}, not for ${wanted}`,
    hint: "name the purpose that the publisher signs for with --namespace, if you know it",
  };
}

/** Why this line of a key file does not let the signature count, or undefined. */
function problemOf(c: Case, { options, line, source }: NamedLine): Judgement | undefined {
  const at = c.trust.at.getTime();
  const { namespaces, validAfter, validBefore } = options;
  if (namespaces !== undefined && !listNames(namespaces, c.signature.namespace)) {
    const reason = `line ${line} of ${source} lets its key sign only for the namespaces ${JSON.stringify(namespaces)}`;
    return { state: "untrusted-signer", reason };
  }
  if (validAfter !== undefined && at < validAfter) {
    const reason = `line ${line} of ${source} believes its key from ${iso(new Date(validAfter))} on`;
    return { state: "untrusted-signer", reason };
  }
  if (validBefore !== undefined && at > validBefore) {
    const reason = `line ${line} of ${source} believed its key until ${iso(new Date(validBefore))}`;
    return { state: "expired", reason };
  }
  return untouched(c, options);
}

/** What is wrong with the way in which a hardware token was used, or undefined. */
function untouched({ signature, key }: Case, options: KeyLine["options"]): Judgement | undefined {
  if (signature.token === undefined) return undefined;
  const { flags, browser } = signature.token;
  if (browser === undefined && key.application?.startsWith("ssh:") !== true) {
    const reason = `its key is made for the application ${JSON.stringify(shown(key.application ?? ""))}, not for ssh:`;
    return { state: "unsupported", reason };
  }
  if ((flags & TOUCHED) === 0 && options.noTouchRequired !== true)
    return { state: "invalid", reason: "nobody touched the hardware token that made it" };
  if ((flags & VERIFIED) === 0 && options.verifyRequired === true)
    return { state: "invalid", reason: "the hardware token that made it asked for neither PIN nor finger" };
  return undefined;
}

/** RFC 8332 section 5, and the limit that holds for every RSA key here. */
function weaknessOf({ algorithm, key }: SshSignature): string | undefined {
  if (algorithm === "ssh-rsa") return "it uses SHA-1 (ssh-rsa)";
  if (key.material?.kind !== "rsa") return undefined;
  const bits = bitLength(key.material.modulus);
  return bits < 2048 ? `its RSA key has only ${bits} bits` : undefined;
}
