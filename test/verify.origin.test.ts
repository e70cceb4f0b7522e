// What a registry says of one version of a package: read as the claim of a stranger.

import { test } from "node:test";
import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../src/core/errors.ts";
import { readPackument, signatureDocument } from "../src/verify/origin.ts";
import type { Packument } from "../src/verify/origin.ts";

const INTEGRITY = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;
const reference = { name: "@scope/tool", version: "1.2.3" };
const registry = new URL("https://registry.example/");

/** A registry's document about the package; `dist` of the version is laid over a complete one. */
function documentWith(
  dist: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): string {
  const whole = {
    tarball: "https://registry.example/@scope/tool/-/tool-1.2.3.tgz",
    integrity: INTEGRITY,
    signatures: [{ keyid: "SHA256:abc", sig: "MEUC" }],
    attestations: { url: "https://registry.example/-/npm/v1/attestations/@scope%2ftool@1.2.3", provenance: {} },
    ...dist,
  };
  const manifest = { name: "@scope/tool", version: "1.2.3", dist: whole };
  const versions = { "1.2.2": { name: "x" }, "1.2.3": manifest };
  return JSON.stringify({ name: "@scope/tool", versions, time: { "1.2.3": "2026-01-02T03:04:05.678Z" }, ...more });
}

function read(text: string | Uint8Array): Packument {
  const mayFetch = (url: URL): boolean => url.host === registry.host;
  return readPackument(typeof text === "string" ? Buffer.from(text) : text, { reference, registry, mayFetch });
}

test("of a document the one version is read", () => {
  assert.deepEqual(read(documentWith()), {
    tarball: new URL("https://registry.example/@scope/tool/-/tool-1.2.3.tgz"),
    integrity: INTEGRITY,
    signatures: [{ keyid: "SHA256:abc", sig: "MEUC" }],
    attestations: { url: new URL("https://registry.example/-/npm/v1/attestations/@scope%2ftool@1.2.3") },
    publishedAt: "2026-01-02T03:04:05.678Z",
  });
  const old = read(
    documentWith({ integrity: undefined, signatures: undefined, attestations: null }, { time: undefined }),
  );
  assert.deepEqual(Object.keys(old), ["tarball", "signatures"]);
  assert.deepEqual(old.signatures, []);
});

test("the document that is kept says what the registry said", () => {
  assert.deepEqual(JSON.parse(signatureDocument(reference, read(documentWith()))), {
    name: "@scope/tool",
    version: "1.2.3",
    integrity: INTEGRITY,
    signatures: [{ keyid: "SHA256:abc", sig: "MEUC" }],
    publishedAt: "2026-01-02T03:04:05.678Z",
  });
});

test("attestations on another host are not fetched, and that is said", () => {
  for (const [url, reason] of [
    ["https://other.example/x", /leads to other\.example/],
    ["http://registry.example/x", /is not https/],
    ["https://u:p@registry.example/x", /carries a user name/],
    ["", /is none/],
    [7, /is none/],
  ] as const) {
    const { attestations } = read(documentWith({ attestations: { url } }));
    assert.ok(attestations !== undefined && "refused" in attestations);
    assert.match(attestations.refused, reason);
  }
});

const BAD_DOCUMENTS: readonly (readonly [sentence: string, text: string, message: RegExp])[] = [
  ["nothing", "", /no document about a package/],
  ["a web page", "<html></html>", /no document about a package/],
  ["a list", "[]", /no document about a package/],
  ["an error in JSON", '{"error":"not found"}', /no document about a package/],
  ["another package", documentWith({}, { name: "@scope/other" }), /another package/],
  ["a name that is no text", documentWith({}, { name: ["@scope/tool"] }), /another package/],
  ["without the version", documentWith({}, { versions: {} }), /has no version 1\.2\.3/],
  ["versions in a list", documentWith({}, { versions: ["1.2.3"] }), /has no version 1\.2\.3/],
  [
    "another name inside",
    documentWith({}, { versions: { "1.2.3": { name: "tool", version: "1.2.3" } } }),
    /another package or/,
  ],
  [
    "another version inside",
    documentWith({}, { versions: { "1.2.3": { ...reference, version: "1.2.4" } } }),
    /another package or/,
  ],
  ["nothing inside", documentWith({}, { versions: { "1.2.3": null } }), /another package or/],
  ["no files", documentWith({}, { versions: { "1.2.3": reference } }), /tarball's URL is none/],
  [
    "a tarball elsewhere",
    documentWith({ tarball: "https://other.example/x.tgz" }),
    /leads to other\.example, which is not/,
  ],
  [
    "a tarball on another port",
    documentWith({ tarball: "https://registry.example:8443/x.tgz" }),
    /leads to registry\.example:8443/,
  ],
  ["a tarball over http", documentWith({ tarball: "http://registry.example/x.tgz" }), /is not https/],
  ["a tarball in a file", documentWith({ tarball: "file:///etc/passwd" }), /is not https/],
  ["a tarball with credentials", documentWith({ tarball: "https://a:b@registry.example/x" }), /carries a user name/],
  ["a tarball that is no text", documentWith({ tarball: { href: "https://registry.example/x" } }), /is none/],
  ["an integrity that is no text", documentWith({ integrity: [INTEGRITY] }), /integrity is no text/],
  ["an integrity of no known kind", documentWith({ integrity: "sha9-abc" }), /no digest that is known/],
  ["an empty integrity", documentWith({ integrity: "" }), /no digest that is known/],
  ["signatures that are no list", documentWith({ signatures: { keyid: "a", sig: "b" } }), /no list of at most/],
  [
    "too many signatures",
    documentWith({ signatures: Array.from({ length: 17 }, () => ({ keyid: "a", sig: "b" })) }),
    /no list of at most/,
  ],
  ["a signature without a key", documentWith({ signatures: [{ sig: "b" }] }), /no key id/],
  ["a signature that is no text", documentWith({ signatures: [{ keyid: "a", sig: 7 }] }), /no key id, or no value/],
  ["a signature without end", documentWith({ signatures: [{ keyid: "a", sig: "b".repeat(5000) }] }), /sensible length/],
  ["a signature that is null", documentWith({ signatures: [null] }), /no key id/],
  ["a time that is none", documentWith({}, { time: { "1.2.3": "yesterday" } }), /no time/],
  ["a time on a day that is not", documentWith({}, { time: { "1.2.3": "2026-13-01T00:00:00Z" } }), /no time/],
  ["a version that would fill the memory", documentWith({ x: "x".repeat(5_000_000) }), /more than 4194304 bytes/],
  ["two names", documentWith().replace('"name"', '"name":"x","name"'), /"name" appears twice/],
  [
    "two names, one escaped",
    documentWith().replace('"name"', String.raw`"n\u0061me":"x","name"`),
    /"name" appears twice/,
  ],
  [
    "two lists of versions",
    documentWith().replace('"versions"', '"versions":{},"versions"'),
    /"versions" appears twice/,
  ],
  ["the version twice", documentWith().replace('"1.2.2"', '"1.2.3"'), /"1\.2\.3" appears twice/],
  ["two tarballs", documentWith().replace('"tarball"', '"tarball":"x","tarball"'), /"tarball" appears twice/],
  ["a prototype", documentWith().replace('"integrity"', '"__proto__":{},"integrity"'), /__proto__/],
];

test("documents that cannot be used", async (t) => {
  for (const [sentence, text, message] of BAD_DOCUMENTS) {
    await t.test(sentence, () => {
      assert.throws(
        () => read(text),
        (error: Error) => {
          assert.ok(error instanceof UserError, String(error.stack));
          assert.ok(["packument-malformed", "json-malformed"].includes(error.code), error.code);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});

test("damage to a document changes no more than the value that it hits", () => {
  const whole = Buffer.from(documentWith());
  const expected = JSON.parse(JSON.stringify(read(whole))) as Readonly<Record<string, unknown>>;
  const outcome = (bytes: Uint8Array): string | undefined => {
    try {
      return JSON.stringify(read(bytes));
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return undefined;
    }
  };
  for (let length = 0; length < whole.length; length += 1) assert.equal(outcome(whole.subarray(0, length)), undefined);
  for (let at = 0; at < whole.length; at += 1) {
    for (const byte of [0x00, 0x22, 0x5c, 0x7d, 0xff]) {
      const damaged = Buffer.from(whole);
      damaged[at] = byte;
      const said = outcome(damaged);
      if (said === undefined) continue;
      const members = JSON.parse(said) as Readonly<Record<string, unknown>>;
      const changed = Object.keys(expected).filter((key) => !isDeepStrictEqual(members[key], expected[key]));
      assert.ok(changed.length <= 1, `byte ${at} changed ${changed.join(" and ")}`);
      assert.match(String(members["tarball"]), /^https:\/\/registry\.example\//);
    }
  }
});
