// Files that are no Sigstore bundles, or not quite: structure, damage, and what is recognised.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { sigstore } from "../src/verify/sigstore.ts";
import { schemeOf } from "../src/verify/schemes.ts";
import { forgeBundle } from "./support/sigstore-forge.ts";
import { createInstance } from "./support/sigstore-instance.ts";
import { ARTIFACT, judge, judgeFile, trustIn } from "./support/sigstore-judging.ts";
import { statement } from "./support/sigstore-rows.ts";

const instance = createInstance();
const trust = trustIn(instance);
const message = forgeBundle(instance, { artifact: ARTIFACT });
const envelope = forgeBundle(instance, { artifact: ARTIFACT, ...statement({}), kind: "dsse 0.0.2" });
const chain = forgeBundle(instance, { artifact: ARTIFACT, version: "0.1" });

type Step = string | number;

/** A copy of the bundle with one member replaced; undefined removes it. */
function replaced(bundle: object, path: readonly Step[], value: unknown): object {
  const copy = structuredClone(bundle) as Record<Step, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, unknown>;
  at[path.at(-1) ?? ""] = value;
  return copy;
}

/** Paths of all members, outermost first. */
function membersOf(value: unknown, path: readonly Step[] = []): readonly (readonly Step[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const own = [...path, Array.isArray(value) ? Number(name) : name];
    return [own, ...membersOf(inner, own)];
  });
}

/**
 * What may change without any harm, because nothing relies on it: of a proof what the signed checkpoint says too, the
 * index that only a promise signs, and in version 0.1 the proof itself.
 */
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  message: ["treeSize", "rootHash"],
  envelope: ["treeSize", "rootHash", "tlogEntries.0.logIndex"],
  chain: ["treeSize", "rootHash", "inclusionProof", "checkpoint"],
};

for (const [name, bundle] of Object.entries({ message, envelope, chain })) {
  test(`${name}: no member can be left out or be something else`, async () => {
    for (const path of membersOf(bundle)) {
      const isUnused = UNUSED[name]?.some((end) => path.join(".").endsWith(end)) === true;
      for (const value of [
        undefined,
        null,
        0,
        -1,
        "",
        "%",
        [],
        {},
        true,
        ["x"],
        "2",
        Buffer.from("other").toString("base64"),
      ]) {
        const { state, reason } = await judge(replaced(bundle, path, value) as typeof message, trust);
        assert.ok(state !== "verified" || isUnused, `${path.join(".")} = ${JSON.stringify(value)}: ${reason}`);
      }
    }
  });

  test(`${name}: no changed character is accepted`, async () => {
    const text = JSON.stringify(bundle);
    const good = await judge(bundle, trust);
    const unused = [...text.matchAll(/"(?:rootHash|treeSize|logIndex|signedTimestamp)":"[^"]*"/g)].map(
      ({ index, 0: { length } }) => [index, index + length] as const,
    );
    // Every character would take a minute.
    for (let at = 0; at < text.length; at += 41) {
      const changed = text[at] === "A" ? "B" : "A";
      const damaged = text.slice(0, at) + changed + text.slice(at + 1);
      const isUnused = unused.some(([from, to]) => from <= at && at < to);
      for (const judgement of await judgeFile(damaged, trust)) {
        if (judgement.state !== "verified") continue;
        // Of a timestamp the version numbers of its envelope are not signed, and mean nothing.
        assert.ok(isUnused, `character ${at}: ${judgement.reason}`);
        assert.deepEqual(judgement, good);
      }
    }
  });

  test(`${name}: no part of a file is accepted`, async () => {
    const text = JSON.stringify(bundle);
    for (let end = 0; end < text.length; end += 7) {
      for (const { state } of await judgeFile(text.slice(0, end), trust)) assert.equal(state, "malformed");
    }
    for (const more of ["x", "{}", "\0", ",", "]", `\n${text.slice(0, 9)}`]) {
      const judgements = await judgeFile(text + more, trust);
      assert.ok(
        judgements.some(({ state }) => state === "malformed"),
        JSON.stringify(more),
      );
    }
  });
}

const SHAPES: readonly (readonly [sentence: string, bundle: object, state: string, reason: RegExp])[] = [
  [
    "two contents",
    { ...message, dsseEnvelope: envelope.dsseEnvelope },
    "malformed",
    /both messageSignature and dsseEnvelope/,
  ],
  [
    "two keys",
    replaced(message, ["verificationMaterial", "publicKey"], { hint: "x" }),
    "malformed",
    /both certificate and publicKey/,
  ],
  [
    "no key",
    replaced(message, ["verificationMaterial", "certificate"], undefined),
    "malformed",
    /has none of certificate/,
  ],
  [
    "a newer version",
    { ...message, mediaType: "application/vnd.dev.sigstore.bundle.v0.4+json" },
    "unsupported",
    /version that is not known/,
  ],
  ["another kind of document", { ...message, mediaType: "application/json" }, "malformed", /no Sigstore bundle/],
  [
    "base64 for URLs",
    replaced(message, ["messageSignature", "signature"], "__-_"),
    "malformed",
    /signature is no base64/,
  ],
  [
    "a negative index",
    replaced(message, ["verificationMaterial", "tlogEntries", 0, "logIndex"], "-1"),
    "malformed",
    /no whole number/,
  ],
  [
    "a hash of another length",
    replaced(message, ["verificationMaterial", "tlogEntries", 0, "inclusionProof", "hashes", 0], "AAAA"),
    "malformed",
    /not 32 bytes/,
  ],
  [
    "two signatures on one envelope",
    replaced(envelope, ["dsseEnvelope", "signatures", 1], { sig: "AAAA" }),
    "malformed",
    /2 items, at most 1/,
  ],
  [
    "very many log entries",
    replaced(
      message,
      ["verificationMaterial", "tlogEntries"],
      Array.from({ length: 5 }, () => message.verificationMaterial.tlogEntries[0]),
    ),
    "malformed",
    /5 items, at most 4/,
  ],
  [
    "a very large certificate",
    replaced(message, ["verificationMaterial", "certificate", "rawBytes"], Buffer.alloc(20_000).toString("base64")),
    "malformed",
    /20000 bytes, at most/,
  ],
  [
    "a certificate of nothing but nesting",
    replaced(
      message,
      ["verificationMaterial", "certificate", "rawBytes"],
      Buffer.alloc(9_000, "3080", "hex").toString("base64"),
    ),
    "malformed",
    /certificate cannot be read/,
  ],
];

for (const [sentence, bundle, state, reason] of SHAPES) {
  test(`${state}: ${sentence}`, async () => {
    const judgement = await judge(bundle as typeof message, trust);
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("whatever a bundle is made of, the answer is a judgement, and never a good one", async () => {
  const members = membersOf(message);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...members), fc.jsonValue({ maxDepth: 3 }), async (path, value) => {
      const isUnused = UNUSED["message"]?.some((end) => path.join(".").endsWith(end)) === true;
      const { state } = await judge(replaced(message, path, value) as typeof message, trust);
      assert.ok(state !== "verified" || isUnused);
    }),
    { numRuns: 150 },
  );
});

test("a key of the document that stands there twice is refused", async () => {
  const text = JSON.stringify(message).replace("{", '{"mediaType":"x",');
  const [judgement] = await judgeFile(text, trust);
  assert.equal(judgement?.state, "malformed");
  assert.match(judgement?.reason ?? "", /appears twice/);
});

test("an inclusion proof without a checkpoint proves nothing, and takes nothing away from a promise", async () => {
  const path = ["verificationMaterial", "tlogEntries", 0, "inclusionProof", "checkpoint"];
  assert.equal((await judge(replaced(chain, path, undefined) as typeof message, trust)).state, "verified");
  const bare = replaced(replaced(chain, path, undefined), [...path.slice(0, 3), "inclusionPromise"], undefined);
  assert.equal((await judge(bare as typeof message, trust)).state, "malformed");
});

test("bundles are told by what is in them", () => {
  const recognised = (text: string | Uint8Array): string | undefined => schemeOf(Buffer.from(text))?.name;
  const last = JSON.stringify({ messageSignature: {}, mediaType: message.mediaType });
  for (const text of [JSON.stringify(message), `\u{feff}\n ${JSON.stringify(message, null, 2)}`, last])
    assert.equal(recognised(text), "sigstore");
  for (const text of [
    "{}",
    "",
    `"${message.mediaType}"`,
    `# ${message.mediaType}\n{}`,
    JSON.stringify({ payloadType: "x" }),
  ])
    assert.notEqual(recognised(text), "sigstore", text);
  assert.ok(!sigstore.recognisesKey(Buffer.from("-----BEGIN CERTIFICATE-----")));
});
