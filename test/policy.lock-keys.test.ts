// Under which keys a lock knows a package or file, what it calls a signer, and which file names are one series.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { globMatches } from "../src/core/glob.ts";
import { lockedIdentity, seriesOf } from "../src/core/lock.ts";
import { lockKeysOf, noLockKey } from "../src/policy/lock-keys.ts";

const PACKAGES: readonly (readonly [ecosystem: "npm" | "pypi" | "mcpb", name: string, key: string | undefined])[] = [
  ["npm", "server", "pkg:npm/server"],
  ["npm", "@acme/server", "pkg:npm/%40acme/server"],
  ["npm", "Server", "pkg:npm/Server"],
  ["npm", "a/b", "pkg:npm/a%2Fb"],
  ["npm", "a@1.0?x#y", "pkg:npm/a%401.0%3Fx%23y"],
  ["npm", "a'(b)*!", "pkg:npm/a%27%28b%29%2A%21"],
  ["pypi", "Acme_Server", "pkg:pypi/acme-server"],
  ["pypi", "acme.-_server", "pkg:pypi/acme-server"],
  ["mcpb", "Acme Server", "pkg:mcpb/Acme%20Server"],
  ["mcpb", "@acme/server", "pkg:mcpb/%40acme%2Fserver"],
  ["mcpb", "rule:*", "pkg:mcpb/rule%3A%2A"],
  ["mcpb", "", undefined],
  ["mcpb", "\ud800", undefined],
];

for (const [ecosystem, name, key] of PACKAGES) {
  test(`lock keys: the ${ecosystem} package ${JSON.stringify(name)} has ${key ?? "no key of its own"}`, () => {
    assert.deepEqual(lockKeysOf({ ecosystem, name }, []), key === undefined ? [] : [key]);
  });
}

test("lock keys: a package comes before rules, and of rules the most literal one first", () => {
  const rules = ["*", "acme-*", "acme-*-linux.tgz", "acme-?", "acme-*"].map((match) => ({ match }));
  const expected = ["rule:acme-*-linux.tgz", "rule:acme-*", "rule:acme-?", "rule:*"];
  assert.deepEqual(lockKeysOf(undefined, rules), expected);
  assert.deepEqual(lockKeysOf({ ecosystem: "npm", name: "a" }, rules.toReversed()), ["pkg:npm/a", ...expected]);
  assert.deepEqual(lockKeysOf(undefined, []), []);
});

test("lock keys: what has no key is refused with the rule to add", () => {
  const { code, message, hint } = noLockKey("acme-1.2.0-linux.tgz");
  assert.equal(code, "usage");
  assert.match(message, /^acme-1\.2\.0-linux\.tgz: a lock has no key for it/);
  assert.equal(hint, 'add a rule to boltseal.json: "artifacts": {"acme-*-linux.tgz":{"evidence":["signature"]}}');
});

const ID = "SHA256:abc+/";
const IDENTITIES: readonly (readonly [string, scheme: string, signer: string, identity: string])[] = [
  ["an OpenPGP key", "openpgp", "openpgp AB", "openpgp: openpgp AB"],
  ["an OpenPGP subkey", "openpgp", "openpgp AB subkey CD", "openpgp: openpgp AB"],
  ["an OpenPGP key that signed a list", "checksum-list", "openpgp AB subkey CD", "checksum-list: openpgp AB"],
  ["an SSH key", "ssh", `ssh ${ID}`, `ssh: ssh ${ID}`],
  ["an SSH key with a principal", "ssh", `ssh ${ID} (alice@acme.example)`, `ssh: ssh ${ID}`],
  ["a certificate with its subject", "cms", "x509 ab (CN=Acme)", "cms: x509 ab"],
  ["a minisign key", "minisign", "minisign RWQ", "minisign: minisign RWQ"],
  [
    "a workflow on a branch",
    "sigstore",
    "sigstore https://f/w.yml@refs/heads/main (issuer https://i)",
    "sigstore: sigstore https://f/w.yml@refs/heads/main (issuer https://i)",
  ],
  [
    "a workflow on a tag",
    "sigstore",
    "sigstore https://f/w.yml@refs/tags/v1 (issuer https://i)",
    "sigstore: sigstore https://f/w.yml@refs/tags/* (issuer https://i)",
  ],
  [
    "a workflow of another issuer",
    "sigstore",
    "sigstore https://f/w.yml@refs/tags/v1 (issuer https://j)",
    "sigstore: sigstore https://f/w.yml@refs/tags/* (issuer https://j)",
  ],
  [
    "a person",
    "sigstore",
    "sigstore a@acme.example (issuer https://i)",
    "sigstore: sigstore a@acme.example (issuer https://i)",
  ],
  ["an unknown notation", "x", "x509x A B", "x: x509x A B"],
];

for (const [name, scheme, signer, identity] of IDENTITIES) {
  test(`lock keys: ${name} is known by what stays the same`, () => {
    assert.equal(lockedIdentity({ scheme, signer }), identity);
    assert.equal(lockedIdentity({ scheme, signer: identity.slice(scheme.length + 2) }), identity);
  });
}

const SERIES: readonly (readonly [name: string, series: string])[] = [
  ["acme.tgz", "acme.tgz"],
  ["acme-1.2.0.tgz", "acme-*.tgz"],
  ["acme-v1.2.0.tgz", "acme-*.tgz"],
  ["acme-2.tgz", "acme-*.tgz"],
  ["acme-1.2.0-rc.1.tgz", "acme-*.tgz"],
  ["acme-1.2.0-rc1.tgz", "acme-*.tgz"],
  ["acme-1.2.0-beta.tgz", "acme-*.tgz"],
  ["acme-2026-01-31.tgz", "acme-*.tgz"],
  ["acme-1.2.0-gabc1234.tgz", "acme-*.tgz"],
  ["acme-1.2.0-linux-amd64.tgz", "acme-*-linux-amd64.tgz"],
  ["acme_1.2.0_linux_x86_64.tar.gz", "acme_*_linux_x86_64.tar.gz"],
  ["acme_1.2.0-3_i386.deb", "acme_*_i386.deb"],
  ["acme-win32-1.2.0.exe", "acme-win32-*.exe"],
  ["acme-1.2.0.7z", "acme-*.7z"],
  ["go1.22.3.linux-arm64.tar.gz", "go*.linux-arm64.tar.gz"],
  ["acme-client-1.2.0.tgz", "acme-client-*.tgz"],
  ["1.2.0", "*"],
  ["", ""],
  ["x".repeat(256), "x".repeat(256)],
];

for (const [name, series] of SERIES) {
  test(`lock keys: ${JSON.stringify(name.slice(0, 40))} belongs to ${series.slice(0, 40)}`, () => {
    assert.equal(seriesOf(name), series);
    assert.equal(globMatches(series, name), true);
  });
}

test("lock keys: a series is a pattern that its files match", () => {
  const part = fc.constantFrom("acme", "1", ".", "-", "_", "v", "rc", "x86_64", "7z", "abc1234", "é", "+", "2026");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const name = parts.join("");
      assert.equal(globMatches(seriesOf(name), name), true);
    }),
    { numRuns: 2000 },
  );
});

test("lock keys: long names take no time", () => {
  for (const unit of ["1", "1.", "a1", "-", "-1", "rc", "1-rc", "a", "0abcdef", "g"]) {
    const name = unit.repeat(255 / unit.length);
    for (let i = 0; i < 2000; i++) seriesOf(name);
    assert.equal(typeof seriesOf(name), "string");
  }
});
