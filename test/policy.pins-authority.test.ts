// Keys of every scheme in several policies: one that any trusted policy revokes is revoked, in all schemes and
// whoever defines its signer.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Pin } from "../src/core/signer.ts";
import { weigh } from "../src/policy/authority.ts";
import { PINS, PIN_SCHEMES } from "../src/policy/pins.ts";
import type { PinNotation } from "../src/policy/pins.ts";
import { GOOD_PINS, ISSUER, OTHER_RAW, RAW, SAN, edKey, identityIn, sshEd25519Key, sshKey } from "./support/pins.ts";
import { SOMEBODY, file } from "./support/weighed-files.ts";

type Members = Readonly<Record<string, readonly unknown[]>>;

/** The pins that count of a machine's policy and one below it. */
function weighed(
  machine: Members,
  below: Members,
  belowName = "acme",
  level: "user" | "project" = "user",
): readonly Pin[] {
  const files = [file("machine", { signers: { acme: machine } }), file(level, { signers: { [belowName]: below } })];
  return weigh(files).signers.flatMap(({ pins }) => pins);
}

/** What a pin says, and why it is revoked. */
function shown(pins: readonly Pin[]): readonly string[] {
  return pins.map(({ scheme, repositoryId, revoked }) => `${scheme}${repositoryId ?? ""}: ${revoked ?? "good"}`);
}

/** A pin of the scheme as an object, revoked. */
function revokedPin(scheme: keyof typeof GOOD_PINS): object {
  const good = GOOD_PINS[scheme];
  const { member }: PinNotation = PINS[scheme];
  return { ...(typeof good === "string" ? { [member]: good } : good), revoked: "stolen" };
}

for (const scheme of PIN_SCHEMES) {
  const [good, revoked] = [{ [scheme]: [GOOD_PINS[scheme]] }, { [scheme]: [revokedPin(scheme)] }];
  test(`pins: a key of ${scheme} that a lower policy revokes is revoked, under the same name and another`, () => {
    assert.deepEqual(shown(weighed(good, revoked)), [`${scheme}: stolen`]);
    assert.deepEqual(shown(weighed(good, revoked, "other")), [`${scheme}: stolen`, `${scheme}: stolen`]);
  });

  test(`pins: a project that nobody vouched for revokes no key of ${scheme}, and restores none`, () => {
    assert.deepEqual(shown(weighed(good, revoked, "acme", "project")), [`${scheme}: good`]);
    assert.deepEqual(shown(weighed(revoked, good, "acme", "project")), [`${scheme}: stolen`]);
  });

  test(`pins: the definition that counts cannot restore a key of ${scheme} that another revokes`, () => {
    assert.deepEqual(shown(weighed(revoked, good)), [`${scheme}: stolen`]);
  });
}

const ACROSS: readonly (readonly [string, above: Members, below: Members, expected: readonly string[]])[] = [
  [
    "in another scheme",
    { minisign: [edKey()], ssh: [sshEd25519Key()] },
    { signify: [{ key: edKey(), revoked: "stolen" }] },
    ["minisign: stolen", "ssh: stolen", "signify: stolen"],
  ],
  [
    "under another number",
    { minisign: [edKey()] },
    { minisign: [{ key: edKey(RAW, "8899aabbccddeeff"), revoked: "stolen" }] },
    ["minisign: stolen", "minisign: stolen"],
  ],
  [
    "for another purpose",
    { ssh: [{ key: sshEd25519Key(), namespace: "file" }] },
    { ssh: [{ key: sshEd25519Key(), namespace: "git", revoked: "stolen" }] },
    ["ssh: stolen"],
  ],
  [
    "on a token",
    { ssh: [sshEd25519Key()] },
    { ssh: [{ key: sshKey("sk-ssh-ed25519@openssh.com", RAW, "ssh:"), revoked: "stolen" }] },
    ["ssh: stolen", "ssh: stolen"],
  ],
  [
    "that the higher definition does not know",
    { ssh: [sshEd25519Key()] },
    { ssh: [{ key: sshEd25519Key(OTHER_RAW), revoked: "old" }] },
    ["ssh: good", "ssh: old"],
  ],
  [
    "of every repository",
    { sigstore: [identityIn("1"), identityIn("2")] },
    { sigstore: [{ issuer: ISSUER, identity: SAN, revoked: "stolen" }] },
    ["sigstore1: stolen", "sigstore2: stolen", "sigstore: stolen"],
  ],
  [
    "of one repository",
    { sigstore: [identityIn("1"), identityIn("2")] },
    { sigstore: [{ ...identityIn("1"), revoked: "moved" }] },
    ["sigstore1: moved", "sigstore2: good"],
  ],
  [
    "of one repository, where any was pinned",
    { sigstore: [{ issuer: ISSUER, identity: SAN }] },
    { sigstore: [{ ...identityIn("1"), revoked: "moved" }] },
    ["sigstore: good", "sigstore1: moved"],
  ],
];

for (const [name, above, below, expected] of ACROSS) {
  test(`pins: a key that is revoked ${name} is revoked as far as the revocation reaches`, () => {
    assert.deepEqual(shown(weighed(above, below)), expected);
  });
}

test("pins: one key under two names in two policies is known to be one key", () => {
  const files = [
    file("machine", { signers: { one: { minisign: [edKey()] } } }),
    file("project", { signers: { two: { ssh: [sshEd25519Key()] } } }, SOMEBODY),
  ];
  // Names stay apart here: Judgement.key makes them one where people are counted.
  const { signers } = weigh(files);
  assert.deepEqual(
    signers.map(({ name }) => name),
    ["one", "two"],
  );
  const materials = signers.flatMap(({ pins }) => pins.map((pin) => PINS[pin.scheme].material(pin)));
  assert.equal(new Set(materials).size, 1);
});

test("pins: thousands of revoked identities are weighed in a moment", () => {
  const many = Array.from({ length: 3000 }, (_, index) => ({ ...identityIn(String(index + 1)), revoked: "x" }));
  const pins = weighed({ sigstore: [identityIn("3000")] }, { sigstore: many });
  assert.equal(pins.length, 3000);
  assert.equal(
    pins.every(({ revoked }) => revoked === "x"),
    true,
  );
});
