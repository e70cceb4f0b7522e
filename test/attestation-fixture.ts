// Writes the files of fixtures/verify/attestations into the working directory; fixtures/verify/attestations/README.md
// says how. The packages are there already.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import * as npm from "./support/npm-attestation.ts";
import { keyEntry } from "./support/npm-registry.ts";
import * as pypi from "./support/pypi-attestation.ts";
import { trustedRoot } from "./support/sigstore-instance.ts";

const TARBALL = "acme-server-1.2.3.tgz";
const WHEEL = "acme_weather_server-1.2.0-py3-none-any.whl";

function digestOf(algorithm: string, name: string): string {
  return createHash(algorithm).update(readFileSync(name)).digest("hex");
}

const tarball = {
  subject: [{ name: "pkg:npm/%40acme/server@1.2.3", digest: { sha512: digestOf("sha512", TARBALL) } }],
};
const other = { subject: [{ name: "pkg:npm/%40acme/server@1.2.4", digest: { sha512: digestOf("sha512", TARBALL) } }] };
const wheel = { subject: [{ name: WHEEL, digest: { sha256: digestOf("sha256", WHEEL) } }] };
const published = pypi.attestation(wheel);

const FILES: Readonly<Record<string, unknown>> = {
  "npm-attestations.json": { attestations: [npm.publish(tarball), npm.provenance(tarball)] },
  "npm-other-version.json": { attestations: [npm.provenance(other)] },
  "npm-keys.json": { keys: [keyEntry(npm.keys)] },
  "npm-trusted_root.json": trustedRoot(npm.instance),
  [`${WHEEL}.publish.attestation`]: published,
  [`${WHEEL}.provenance`]: pypi.provenance(pypi.PUBLISHER, published),
  "other-publisher.provenance": pypi.provenance({ ...pypi.PUBLISHER, repository: "mallory/server" }, published),
  "pypi-trusted_root.json": trustedRoot(pypi.instance),
};

for (const [name, value] of Object.entries(FILES)) writeFileSync(name, `${JSON.stringify(value, null, 2)}\n`);
