// Every notation of a digest, and every near miss: what is read as another digest than the one that was
// meant would compare with the wrong bytes, and what is refused must not be a notation in use.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  ALGORITHMS,
  algorithmNamed,
  algorithmOfLength,
  formatDigest,
  isWeak,
  parseDigest,
  parseDigests,
  strictBase64,
} from "../src/core/digest.ts";
import type { Algorithm, Digest } from "../src/core/digest.ts";
import { UserError } from "../src/core/errors.ts";

const NAMES = Object.keys(ALGORITHMS) as Algorithm[];

function bytesFor(algorithm: Algorithm): Buffer {
  return createHash("shake256", { outputLength: ALGORITHMS[algorithm].bytes }).update(algorithm).digest();
}

const hex = (algorithm: Algorithm): string => bytesFor(algorithm).toString("hex");
const base64 = (algorithm: Algorithm): string => bytesFor(algorithm).toString("base64");
const declared = (algorithm: Algorithm): Digest => ({ algorithm, hex: hex(algorithm), from: "declared" });

test("each algorithm that node:crypto is said to have, it has, with the stated size", () => {
  for (const { node, bytes } of Object.values(ALGORITHMS)) {
    if (node !== null) assert.equal(createHash(node).digest().length, bytes, node);
  }
});

const READ: readonly (readonly [what: string, text: string, expected: Digest, preferred?: Algorithm])[] = [
  ["plain hex is the usual algorithm of its length", hex("sha256"), declared("sha256")],
  ["upper-case hex", hex("sha512").toUpperCase(), declared("sha512")],
  ["a tag with a colon", `sha256:${hex("sha256")}`, declared("sha256")],
  ["a tag with an equals sign", `sha256=${hex("sha256")}`, declared("sha256")],
  ["an upper-case tag", `SHA256:${hex("sha256")}`, declared("sha256")],
  ["a tag with a hyphen", `SHA-256:${hex("sha256")}`, declared("sha256")],
  ["OpenSSL's tag", `SHA2-512/256:${hex("sha512-256")}`, declared("sha512-256")],
  ["a tag with an underscore", `sha3_256:${hex("sha3-256")}`, declared("sha3-256")],
  ["a tagged digest in base64", `sha256:${base64("sha256")}`, declared("sha256")],
  ["plain base64", base64("sha256"), declared("sha256")],
  ["SRI of SHA-256", `sha256-${base64("sha256")}`, declared("sha256")],
  ["SRI of SHA-384, which has no padding", `sha384-${base64("sha384")}`, declared("sha384")],
  ["SRI of SHA-512, which ends in two equals signs", `sha512-${base64("sha512")}`, declared("sha512")],
  ["SRI form with hex", `sha256-${hex("sha256")}`, declared("sha256")],
  ["a preferred algorithm of the same length", hex("blake2b512"), declared("blake2b512"), "blake2b512"],
  ["a preferred algorithm, in base64", base64("sha3-256"), declared("sha3-256"), "sha3-256"],
  ["a preferred algorithm of another length is not believed", hex("sha256"), declared("sha256"), "sha512"],
  ["a tag beats the preferred algorithm", `sha256:${hex("sha256")}`, declared("sha256"), "sha3-256"],
  ["64 hex digits are SHA-256 even where they would be base64 of SHA-384", hex("sha256"), declared("sha256"), "sha384"],
];

for (const [what, text, expected, preferred] of READ) {
  test(`reads ${what}`, () => assert.deepEqual(parseDigest(text, preferred), expected));
}

const REFUSED: readonly (readonly [what: string, text: string])[] = [
  ["empty text", ""],
  ["white space in front", ` ${hex("sha256")}`],
  ["a line feed behind", `${hex("sha256")}\n`],
  ["a line feed behind a tagged digest", `sha256:${hex("sha256")}\n`],
  ["an odd number of digits", hex("sha256").slice(1)],
  ["a length that no usual algorithm has", hex("sha256").slice(2)],
  ["fullwidth digits", "\uff11".repeat(64)],
  ["Arabic digits", "\u0661".repeat(64)],
  ["the hexadecimal prefix 0x", `0x${hex("sha256")}`],
  ["hex with colons", hex("sha256").replace(/..(?=.)/g, "$&:")],
  ["a tag whose digest has another length", `sha512:${hex("sha256")}`],
  ["SHA-256 in hex under the tag SHA-384, although it is base64 of 48 bytes", `sha384:${hex("sha256")}`],
  ["SHA-256 in hex in an SRI string of SHA-384", `sha384-${hex("sha256")}`],
  ["a tag without digest", "sha256:"],
  ["an unknown tag", `whirlpool:${hex("sha512")}`],
  ["a tag named like a member of every object", `constructor:${hex("sha256")}`],
  ["__proto__ as a tag", `__proto__:${hex("sha256")}`],
  ["a tag with a Kelvin sign, which lower-cases to k", `bla\u212ae3:${hex("blake3")}`],
  ["two tags", `sha256:sha256:${hex("sha256")}`],
  ["64 hex digits with a typing error, although they are base64 of 48 bytes", `${hex("sha256").slice(1)}n`],
  ["base64 of SHA-384 without a tag, for the same reason", base64("sha384")],
  ["base64 without padding", base64("sha256").replaceAll("=", "")],
  ["base64 with padding in the middle", `=${base64("sha256").slice(0, -1)}`],
  ["base64url", `sha256-${"-_".repeat(21)}A=`],
  ["base64 whose last character has stray bits", `${"A".repeat(42)}B=`],
  ["base64 with a line feed", `${base64("sha256").slice(0, 40)}\n${base64("sha256").slice(40)}`],
  ["SRI with a plus for a hyphen", `sha256+${base64("sha256")}`],
  ["Go's h1:", `h1:${base64("sha256")}`],
  ["our own name of Go's h1:", `go-h1:${hex("sha256")}`],
  ["fifty megabytes of hex", "ab".repeat(25_000_000)],
  ["fifty megabytes of base64", `sha256-${"AAAA".repeat(12_500_000)}`],
];

for (const [what, text] of REFUSED) {
  test(`refuses ${what}`, () => assert.equal(parseDigest(text), undefined));
}

test("a digest of any algorithm is read back from every notation", () => {
  const notations = [
    (d: Digest) => formatDigest(d),
    (d: Digest) => `${d.algorithm.toUpperCase()}=${d.hex.toUpperCase()}`,
    (d: Digest) => `${d.algorithm}:${Buffer.from(d.hex, "hex").toString("base64")}`,
  ];
  const digests = fc
    .constantFrom(...NAMES.filter((name) => name !== "go-h1"))
    .chain((algorithm) =>
      fc
        .uint8Array({ minLength: ALGORITHMS[algorithm].bytes, maxLength: ALGORITHMS[algorithm].bytes })
        .map((bytes): Digest => ({ algorithm, hex: Buffer.from(bytes).toString("hex"), from: "declared" })),
    );
  fc.assert(
    fc.property(digests, fc.constantFrom(...notations), (digest, write) => {
      assert.deepEqual(parseDigest(write(digest)), digest);
    }),
  );
});

test("SRI of random bytes is read back, whatever characters the base64 happens to hold", () => {
  const algorithms = fc.constantFrom<Algorithm>("sha256", "sha384", "sha512");
  fc.assert(
    fc.property(algorithms, fc.uint8Array({ minLength: 64, maxLength: 64 }), (algorithm, random) => {
      const bytes = Buffer.from(random.subarray(0, ALGORITHMS[algorithm].bytes));
      const expected = { algorithm, hex: bytes.toString("hex"), from: "declared" };
      assert.deepEqual(parseDigest(`${algorithm}-${bytes.toString("base64")}`), expected);
    }),
  );
});

test("arbitrary text gives a well-formed digest or nothing", () => {
  const pieces = fc.constantFrom(
    "sha256",
    "sha512",
    "md5",
    ":",
    "=",
    "-",
    "==",
    hex("sha256"),
    base64("sha512"),
    "h1:",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const digest = parseDigest(text);
      if (digest === undefined) return;
      assert.match(digest.hex, /^[0-9a-f]+$/);
      assert.equal(digest.hex.length, ALGORITHMS[digest.algorithm].bytes * 2);
    }),
  );
});

const LISTS: readonly (readonly [what: string, text: string, expected: readonly Digest[]])[] = [
  ["one digest with white space around it", `  ${hex("sha256")}\n`, [declared("sha256")]],
  [
    "several SRI entries",
    `sha256-${base64("sha256")} sha512-${base64("sha512")}`,
    [declared("sha256"), declared("sha512")],
  ],
  ["SRI options, which are ignored", `sha512-${base64("sha512")}?ct=text/plain`, [declared("sha512")]],
  [
    "two entries of one algorithm",
    `sha256:${hex("sha256")} ${hex("sha256")}`,
    [declared("sha256"), declared("sha256")],
  ],
];

for (const [what, text, expected] of LISTS) {
  test(`parseDigests: ${what}`, () => assert.deepEqual(parseDigests(text), expected));
}

const REFUSED_LISTS: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["empty text", "", /^not a digest: empty text$/],
  ["white space alone", " \t\n", /empty text/],
  ["one bad entry among good ones", `${hex("sha256")} nonsense`, /^not a digest: nonsense$/],
  ["options behind plain hex", `${hex("sha256")}?x`, /not a digest/],
  ["a long text, of which the message shows the start", "x".repeat(1_000_000), /^not a digest: x{300}…$/],
];

for (const [what, text, message] of REFUSED_LISTS) {
  test(`parseDigests refuses ${what}`, () => {
    assert.throws(
      () => parseDigests(text),
      (error) => error instanceof UserError && error.code === "digest-malformed" && message.test(error.message),
    );
  });
}

test("parseDigests says what h1: is", () => {
  assert.throws(
    () => parseDigests(`h1:${base64("sha256")}`),
    (error) => error instanceof UserError && error.hint?.includes("Go module") === true,
  );
});

test("names, lengths and weakness", () => {
  assert.deepEqual(NAMES.filter(isWeak), ["md5", "sha1"]);
  assert.equal(algorithmNamed("SHA2-256"), "sha256");
  assert.equal(algorithmNamed("BLAKE2b"), "blake2b512");
  assert.equal(algorithmNamed("BLAKE2b-256"), "blake2b256");
  assert.equal(algorithmNamed("BLAKE2S-256"), "blake2s256");
  assert.equal(algorithmNamed("HMAC-SHA256"), undefined);
  assert.equal(algorithmNamed("toString"), undefined);
  assert.equal(algorithmOfLength(32), "sha256");
  assert.equal(algorithmOfLength(0), undefined);
});

test("strict base64 is what prints back to itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."AZaz09+/=\n-"), maxLength: 12 }), (text) => {
      const bytes = strictBase64(text);
      const printed = Buffer.from(text, "base64").toString("base64");
      assert.equal(bytes?.toString("base64"), text !== "" && printed === text ? text : undefined);
    }),
  );
});
