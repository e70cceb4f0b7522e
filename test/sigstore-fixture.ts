// Writes the files of fixtures/verify/sigstore into the working directory; fixtures/verify/sigstore/README.md says how.

import { writeFileSync } from "node:fs";
import { forgeBundle, forgeStatement, generalName } from "./support/sigstore-forge.ts";
import type { BundleJson, ForgeOptions } from "./support/sigstore-forge.ts";
import { createInstance, curveKey, pem, SIGNED_AT, trustedRoot } from "./support/sigstore-instance.ts";

const artifact = Buffer.from('#!/bin/sh\necho "installing the acme MCP server"\n');
const [instance, stranger, managed] = [createInstance(), createInstance(), curveKey()];

const forge = (options: Partial<ForgeOptions> = {}): BundleJson => forgeBundle(instance, { artifact, ...options });
const pretty = (bundle: unknown): string => `${JSON.stringify(bundle, null, 2)}\n`;
const subject = [{ name: "installer.sh", digest: { sha256: "0".repeat(64) } }];
const failed = forgeStatement(artifact, { predicateType: "https://in-toto.io/attestation/test-result/v0.1" });
const provenance = forge({ statement: forgeStatement(artifact), kind: "dsse 0.0.2" });

const FILES: Readonly<Record<string, string | Buffer>> = {
  "installer.sh": artifact,
  "trusted_root.json": pretty(trustedRoot(instance)),
  "test-only-acme.pub": pem(managed.publicKey),
  "installer.sh.sigstore.json": pretty(forge()),
  "provenance.jsonl": `${JSON.stringify(provenance)}\n${JSON.stringify(forge({ statement: failed }))}\n\n`,
  "namesake.sigstore.json": pretty(forge({ statement: forgeStatement(artifact, { subject }) })),
  "managed.sigstore.json": pretty(forge({ managed })),
  "mallory.sigstore.json": pretty(forge({ leaf: { names: [generalName(1, "mallory@evil.example")] } })),
  "stranger.sigstore.json": pretty(forgeBundle(stranger, { artifact })),
  "no-log.sigstore.json": pretty({
    ...forge(),
    verificationMaterial: { ...forge({ timestamps: [SIGNED_AT] }).verificationMaterial, tlogEntries: [] },
  }),
  "other-file.sigstore.json": pretty(forge({ artifact: Buffer.from("another file\n") })),
};

for (const [name, content] of Object.entries(FILES)) writeFileSync(name, content);
