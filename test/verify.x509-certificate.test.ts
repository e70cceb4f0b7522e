// Certificates and DER: what is read, and that nothing is read in two ways.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { readCertificate } from "../src/verify/x509-certificate.ts";
import { booleanOf, DerError, integerOf, oidOf, readDer, smallIntegerOf, timeOf } from "../src/verify/x509-der.ts";
import type { Element } from "../src/verify/x509-der.ts";
import { readPem } from "../src/verify/x509-pem.ts";
import {
  der,
  ed25519Keys,
  extension,
  EXTENSIONS,
  int,
  makeCertificate,
  octets,
  oid,
  seq,
  TRUE,
} from "./support/cms-forge.ts";
import type { CertificateParts } from "./support/cms-forge.ts";
import { fingerprint } from "./support/cms-judging.ts";
import { changes, truncations } from "./support/openpgp-mangling.ts";

const KEYS = ed25519Keys();

function certificate(parts: Partial<CertificateParts> = {}): Buffer {
  return makeCertificate({
    subject: "test-only-acme",
    keys: KEYS,
    extensions: [EXTENSIONS.digitalSignature],
    ...parts,
  });
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

const REFUSED: readonly (readonly [what: string, bytes: string])[] = [
  ["nothing", ""],
  ["a tag alone", "30"],
  ["content that is cut off", "04 02 00"],
  ["a length that is cut off", "04 82 01"],
  ["two elements", "05 00 05 00"],
  ["an indefinite length", "30 80 05 00 00 00"],
  ["a length in more bytes than it needs", "04 81 01 00"],
  ["a length with a zero before it", `04 82 00 80 ${"00".repeat(128)}`],
  ["a length in five bytes", "04 85 00 00 00 00 01 00"],
  ["a length of 0x7f bytes", "04 ff 00"],
  ["a tag of several bytes", "1f 81 00 00"],
  ["the tag 0", "00 00"],
  ["a constructed OCTET STRING", "24 03 04 01 00"],
  ["a constructed NULL", "25 00"],
  ["a primitive SEQUENCE", "10 00"],
  ["a primitive SET", "11 00"],
  ["an element that reaches behind its parent", "30 03 04 02 00"],
];

for (const [what, bytes] of REFUSED) {
  test(`DER: ${what} is refused`, () => {
    assert.throws(() => readDer(hex(bytes)), DerError);
  });
}

test("DER: an OCTET STRING is never looked into", () => {
  // What looks like an element with a long length inside is a digest as good as any other.
  assert.deepEqual(readDer(hex("04 04 04 81 01 00")).parts, []);
});

const tree = fc.letrec<{ node: Uint8Array }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.uint8Array({ maxLength: 200 }).map((bytes) => octets(bytes)),
    fc.array(tie("node"), { maxLength: 4 }).map((parts) => seq(...parts)),
    fc.array(tie("node"), { maxLength: 4 }).map((parts) => der(0xa1, ...parts)),
  ),
})).node;

test("DER: what is read is written back to the same bytes, and no beginning of it is read", () => {
  const write = ({ tag, content, parts }: Element): Buffer =>
    der(tag, ...(parts.length > 0 ? parts.map(write) : [content]));
  fc.assert(
    fc.property(tree, (bytes) => {
      assert.deepEqual(write(readDer(bytes)), Buffer.from(bytes));
      assert.throws(() => readDer(bytes.subarray(0, -1)), DerError);
    }),
  );
});

const OIDS: readonly (readonly [bytes: string, dotted: string | undefined])[] = [
  ["06 09 2a 86 48 86 f7 0d 01 07 02", "1.2.840.113549.1.7.2"],
  ["06 01 00", "0.0"],
  ["06 01 27", "0.39"],
  ["06 01 50", "2.0"],
  ["06 02 88 37", "2.999"],
  // As numbers of 32 bits the third would be 840.
  ["06 07 2a 90 80 80 86 48 03", "1.2.4294968136.3"],
  ["06 00", undefined],
  ["06 02 2a 86", undefined],
  ["06 03 2a 80 01", undefined],
  [`06 21 ${"01".repeat(33)}`, undefined],
  ["02 01 00", undefined],
];

for (const [bytes, dotted] of OIDS) {
  test(`OID ${bytes}: ${dotted ?? "refused"}`, () => {
    const read = (): string => oidOf(readDer(hex(bytes)), "name");
    if (dotted === undefined) assert.throws(read, DerError);
    else assert.equal(read(), dotted);
  });
}

test("integers and booleans have one form each", () => {
  for (const bytes of ["02 00", "02 02 00 7f", "02 02 ff 80", "04 01 00"]) {
    assert.throws(() => integerOf(readDer(hex(bytes)), "number"), DerError, bytes);
  }
  assert.equal(smallIntegerOf(readDer(hex("02 02 00 80")), "number"), 128);
  for (const bytes of ["02 01 80", "02 03 01 00 00", "02 02 80 00"]) {
    assert.throws(() => smallIntegerOf(readDer(hex(bytes)), "number"), DerError, bytes);
  }
  assert.deepEqual([booleanOf(readDer(hex("01 01 ff")), "x"), booleanOf(readDer(hex("01 01 00")), "x")], [true, false]);
  for (const bytes of ["01 00", "01 01 01", "01 02 ff ff", "02 01 00"]) {
    assert.throws(() => booleanOf(readDer(hex(bytes)), "x"), DerError, bytes);
  }
});

const TIMES: readonly (readonly [tag: number, text: string, iso: string | undefined])[] = [
  [0x17, "260201120000Z", "2026-02-01T12:00:00.000Z"],
  [0x17, "491231235959Z", "2049-12-31T23:59:59.000Z"],
  [0x17, "500101000000Z", "1950-01-01T00:00:00.000Z"],
  [0x18, "20260201120000Z", "2026-02-01T12:00:00.000Z"],
  [0x18, "20260201120000.5Z", "2026-02-01T12:00:00.000Z"],
  [0x18, "20260201120000.50Z", undefined],
  [0x18, "99991231235959Z", "9999-12-31T23:59:59.000Z"],
  [0x17, "260229000000Z", undefined],
  [0x17, "240229000000Z", "2024-02-29T00:00:00.000Z"],
  [0x17, "260201240000Z", undefined],
  [0x17, "260201120060Z", undefined],
  [0x17, "261301120000Z", undefined],
  [0x17, "2602011200Z", undefined],
  [0x17, "260201120000", undefined],
  [0x17, "260201120000+0000", undefined],
  [0x17, "20260201120000Z", undefined],
  [0x18, "260201120000Z", undefined],
  [0x17, "26020112000 Z", undefined],
  [0x04, "260201120000Z", undefined],
];

for (const [tag, text, iso] of TIMES) {
  test(`time ${tag.toString(16)} ${text}: ${iso ?? "refused"}`, () => {
    const read = (): Date => timeOf(readDer(der(tag, Buffer.from(text))), "time");
    if (iso === undefined) assert.throws(read, DerError);
    else assert.equal(read().toISOString(), iso);
  });
}

const PEM: readonly (readonly [what: string, text: string, blocks: number | undefined])[] = [
  ["one block", "-----BEGIN X-----\nAAAA\n-----END X-----\n", 1],
  ["no line break at the end, and CR LF", "-----BEGIN X-----\r\nAAAA\r\n-----END X-----", 1],
  [
    "two blocks with text between",
    "-----BEGIN X-----\nAAAA\n-----END X-----\nabc\n-----BEGIN Y-----\nAAAA\n-----END Y-----\n",
    2,
  ],
  ["no block", "abc\n", 0],
  ["another name at the end", "-----BEGIN X-----\nAAAA\n-----END Y-----\n", undefined],
  ["a block in a block", "-----BEGIN X-----\n-----BEGIN X-----\n-----END X-----\n-----END X-----\n", undefined],
  ["an end alone", "-----END X-----\n", undefined],
  ["no end", "-----BEGIN X-----\nAAAA\n", undefined],
  ["a header inside", "-----BEGIN X-----\nProc-Type: 4\n\nAAAA\n-----END X-----\n", undefined],
  ["base64 without padding", "-----BEGIN X-----\nAAA\n-----END X-----\n", undefined],
];

for (const [what, text, blocks] of PEM) {
  test(`PEM with ${what}: ${blocks ?? "refused"}`, () => {
    if (blocks === undefined) assert.throws(() => readPem(Buffer.from(text)), DerError);
    else assert.equal(readPem(Buffer.from(text)).blocks.length, blocks);
  });
}

const MALFORMED: readonly (readonly [what: string, extensions: readonly Uint8Array[]])[] = [
  ["an extension twice", [EXTENSIONS.authority, EXTENSIONS.authority]],
  ["constraints that are no sequence", [extension("2.5.29.19", TRUE)]],
  ["constraints with a negative length", [extension("2.5.29.19", seq(TRUE, int(Buffer.from([0xff]))))]],
  ["a BOOLEAN that is not DER", [extension("2.5.29.19", seq(der(0x01, Buffer.from([1]))))]],
  ["bytes behind the constraints", [extension("2.5.29.19", Buffer.concat([seq(TRUE), Buffer.alloc(1)]))]],
  ["a purpose that is no OID", [extension("2.5.29.37", seq(int(1)))]],
  ["a key usage that is none", [extension("2.5.29.15", octets(Buffer.alloc(1)))]],
  ["an extension without value", [seq(oid("1.2.3"))]],
];

for (const [what, extensions] of MALFORMED) {
  test(`a certificate with ${what} is refused`, () => {
    assert.throws(() => readCertificate(certificate({ extensions })), DerError);
  });
}

test("a certificate is read whole or not at all", () => {
  const good = certificate();
  assert.equal(readCertificate(good).sha256, fingerprint(good));
  for (const cut of truncations(good)) assert.throws(() => readCertificate(cut), DerError);
  assert.throws(() => readCertificate(Buffer.concat([good, Buffer.alloc(1)])), DerError);
  for (const { bytes } of changes(good, (byte) => [byte ^ 1, byte ^ 0x80])) {
    try {
      assert.notEqual(readCertificate(bytes).sha256, fingerprint(good));
    } catch (error) {
      assert.ok(error instanceof DerError, String(error));
    }
  }
});

test("a name is one line in which no value can pass for another attribute", () => {
  const subject = (text: string): string => readCertificate(certificate({ subject: text })).subjectText;
  assert.equal(subject("Acme Ltd"), "CN=Acme Ltd");
  assert.equal(subject("Acme, O=Bank"), "CN=Acme\\, O\\=Bank");
  assert.equal(subject("a+b\\c(d)"), "CN=a\\+b\\\\c\\(d\\)");
  assert.equal(subject("é\u0000\n"), "CN=é\u0000\n");
  assert.equal(subject("x".repeat(900)).length, 501);
});
