// Judges signatures of npm registries: ECDSA over P-256 with SHA-256 of the text NAME@VERSION:INTEGRITY (npm registry
// API, "ECDSA registry signatures"). The text is made here, of what is inside the package and of the bytes that were
// read, so a good signature says that the registry gave out exactly this.

import { verify } from "node:crypto";
import type { HashResult } from "../core/hash-set.ts";
import { readSignatureDocument } from "./npm-document.ts";
import type { RegistrySignature, SignatureDocument } from "./npm-document.ts";
import { sameId } from "./npm-key-files.ts";
import { namingOf, validityOf } from "./npm-keys.ts";
import type { RegistryKey, RegistryKeys } from "./npm-keys.ts";
import { packageInside } from "./npm-package.ts";
import type { EvidenceFile, Judgement, OpenedFile, PendingSignature, SignedFile, Trust } from "./scheme.ts";
import { iso } from "../core/time.ts";
import { judgeSigner } from "./standing.ts";
import { settledAs } from "./settled.ts";

const UNKNOWN_KEY = "obtain the registry's list of keys from the registry itself, and pass it with --key";
const UNCHOSEN_KEY = "--npm-signature trusts the keys of the public registry; name another registry's with --key";

/** @param file attacker-controlled */
export function openRegistrySignatures(trust: Trust, { keys }: RegistryKeys, file: EvidenceFile): OpenedFile {
  const document = readSignatureDocument(file.bytes);
  if ("refused" in document) return { signatures: [settledAs("malformed", document.refused)], remarks: [] };
  const signatures = document.signatures.map((signature): PendingSignature => {
    if ("refused" in signature) return settledAs("malformed", signature.refused);
    return {
      needs: [{ algorithm: "sha512" }],
      judge: async ([hash]: readonly HashResult[], signed: SignedFile) => {
        if (hash === undefined) throw new Error("a signature was judged without the hash that it asked for");
        return judgeSignature({ trust, keys, document, signature }, Buffer.from(hash.digest), signed);
      },
    };
  });
  return { signatures, remarks: [] };
}

interface Case {
  readonly trust: Trust;
  readonly keys: readonly RegistryKey[];
  readonly document: SignatureDocument;
  readonly signature: RegistrySignature;
}

async function judgeSignature(c: Case, sha512: Buffer, file: SignedFile): Promise<Judgement> {
  const { document, signature } = c;
  const said = { signer: `npm ${signature.keyid}` };
  if (document.sha512 !== undefined && document.sha512 !== sha512.toString("hex"))
    return { ...said, state: "mismatch", reason: "the document states the integrity of other bytes" };
  const inside = await packageInside(file);
  if ("state" in inside) return { ...said, ...inside };
  const { name, version } = inside;
  const stated = `${document.name ?? name}@${document.version ?? version}`;
  if (stated !== `${name}@${version}`) {
    const reason = `the document is about ${stated}, and the package calls itself ${name}@${version}`;
    return { ...said, state: "invalid", reason };
  }
  const key = c.keys.find((candidate) => sameId(signature.keyid, candidate));
  if (key === undefined) {
    const reason = "it is by a key of a registry that was not given";
    return { ...said, state: "untrusted-signer", reason, hint: UNKNOWN_KEY };
  }
  return judgeWith(c, key, { text: `${name}@${version}:sha512-${sha512.toString("base64")}`, about: stated });
}

function judgeWith(
  { trust, document: { publishedAt }, signature }: Case,
  key: RegistryKey,
  { text, about }: { readonly text: string; readonly about: string },
): Judgement {
  const naming = namingOf(trust, key);
  const said = { signer: naming.signer, key: naming.key };
  const validity = validityOf(key, "npm:signatures");
  if (validity === undefined)
    return { ...said, state: "untrusted-signer", reason: "its key is not one for signatures over packages" };
  if (!verify("sha256", Buffer.from(text), key.object, signature.bytes))
    return { ...said, state: "invalid", reason: `it is not valid for these bytes as ${about}` };
  const proves = `the registry whose key this is gave out exactly these bytes as ${about}`;
  const good = { ...naming, hint: UNCHOSEN_KEY, proves };
  const claimed = judgeSigner(trust, { ...good, ...(publishedAt === undefined ? {} : { time: publishedAt }) });
  // Whoever passes the document on can write any time into it, also one at which a policy still trusted the key.
  const { time: _claim, ...judgement } = claimed.state === "verified" ? judgeSigner(trust, good) : claimed;
  // The time is a claim that nobody signed: good enough to excuse a key that has expired since, and for nothing else.
  const { notAfter } = validity;
  if (judgement.state !== "verified" || notAfter === undefined || trust.at <= notAfter) return judgement;
  if (publishedAt !== undefined && publishedAt <= notAfter) {
    const message = `the key ${key.ids[0]} expired on ${iso(notAfter)}, after the package was published (the document claims)`;
    return { ...judgement, remarks: [{ rule: "key-expired", message }] };
  }
  const since = `its key expired on ${iso(notAfter)}`;
  const reason = publishedAt === undefined ? since : `${since}, and the package was published on ${iso(publishedAt)}`;
  const hint = "npm view NAME@VERSION --json says when it was published; pass that document";
  return { ...judgement, state: "expired", reason, ...(publishedAt === undefined ? { hint } : {}) };
}
