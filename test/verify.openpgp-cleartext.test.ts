// Cleartext-signed messages (RFC 9580 section 7): which text of them is signed, and what is refused.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readList } from "../src/verify/evidence.ts";
import { createSignatureReader, signersOf } from "../src/verify/signed.ts";
import { armored, certificate } from "./support/openpgp-certificate.ts";
import { forgeKey, forgeSignature } from "./support/openpgp-forge.ts";
import { file, fixture, judgeCleartext, trusting } from "./support/openpgp-judging.ts";

const A = forgeKey(1);
const TRUST = trusting({ keys: [file("key", certificate(A))] });

/** A signature packet over the text in its signed form: lines joined by CR LF. */
function signatureOver(text: string, type = 1): Buffer {
  return forgeSignature(A, Buffer.from(text.replaceAll("\n", "\r\n"), "latin1"), { type });
}

interface Parts {
  readonly headers?: readonly string[];
  /** What stands in the message, dash-escaped where it must be. */
  readonly shown?: string;
  /** What was signed; default: what is shown. */
  readonly signed?: string;
  readonly block?: string;
}

function message({ headers = ["Hash: SHA256"], shown = TEXT, signed = shown, block }: Parts = {}): string {
  const signature = block ?? armored("SIGNATURE", signatureOver(signed));
  return ["-----BEGIN PGP SIGNED MESSAGE-----", ...headers, "", shown, signature].join("\n");
}

const HEX = "ab".repeat(32);
const TEXT = `${HEX}  installer.sh`;
const EVIL = `${"cd".repeat(32)}  installer.sh`;

interface Row {
  readonly what: string;
  readonly message: string;
  readonly states: readonly string[];
  /** In its signed form. Absent: nothing of the message may be used. */
  readonly text?: string;
}

const GOOD = ["verified +signature-text-mode"];
const MALFORMED = ["malformed"];
const INVALID = ["invalid"];

const ROWS: readonly Row[] = [
  { what: "good", message: message(), states: GOOD, text: TEXT },
  { what: "several lines", message: message({ shown: "a\n\nb\n" }), states: GOOD, text: "a\r\n\r\nb\r\n" },
  { what: "with CR LF", message: message({ shown: "a\nb" }).replaceAll("\n", "\r\n"), states: GOOD, text: "a\r\nb" },
  { what: "behind a byte order mark", message: `\u00ef\u00bb\u00bf${message()}`, states: GOOD, text: TEXT },
  { what: "blank lines below", message: `${message()}\n \t\r\n`, states: GOOD, text: TEXT },
  { what: "100,000 lines", message: message({ shown: "a\n".repeat(100_001) }), states: MALFORMED, text: "" },
  { what: "9 million bytes", message: message({ shown: "a".repeat(9_000_000) }), states: MALFORMED, text: "" },
  {
    what: "by a signature in binary mode",
    message: message({ block: armored("SIGNATURE", signatureOver(TEXT, 0)) }),
    states: ["verified"],
    text: TEXT,
  },
  {
    what: "by two signatures, one of another text",
    message: message({ block: armored("SIGNATURE", Buffer.concat([signatureOver(TEXT), signatureOver("x")])) }),
    states: [...GOOD, ...INVALID],
    text: TEXT,
  },
  { what: "nothing is signed", message: message({ shown: "" }), states: GOOD, text: "" },
  {
    what: "nothing is signed, without an empty line for it",
    message: message({ shown: "" }).replace("\n\n\n", "\n\n"),
    states: GOOD,
    text: "",
  },
  {
    what: "control characters within lines",
    message: message({ shown: "a\fb\rc\x0bd" }),
    states: GOOD,
    text: "a\fb\rc\x0bd",
  },
  { what: "a NUL character", message: message({ shown: "a\0b" }), states: ["weak"], text: "a\0b" },

  // Section 7: the hash header is of the past, says nothing, and must not be believed.
  { what: "no header", message: message({ headers: [] }), states: GOOD, text: TEXT },
  { what: "a header that names another hash", message: message({ headers: ["Hash: MD5"] }), states: GOOD, text: TEXT },
  {
    what: "two headers, one with two hashes",
    message: message({ headers: ["Hash: SHA1, SHA512", "Hash: SHA256"] }),
    states: GOOD,
    text: TEXT,
  },
  ...[
    "NotDashEscaped: You need GnuPG to verify this message",
    "Version: 1",
    "Comment: x",
    "Charset: UTF-8",
    "Hash:",
    "hash: SHA256",
    "Hash: SHA256\u00a0",
    EVIL,
    " ",
    "\f",
  ].map((header) => ({
    what: `a header that is not allowed: ${JSON.stringify(header)}`,
    message: message({ headers: ["Hash: SHA256", header] }),
    // A blank line ends the headers, so that what follows is text.
    ...(header === " " ? { states: INVALID, text: `\r\n${TEXT}` } : { states: MALFORMED, text: "" }),
  })),
  {
    what: "no blank line behind the headers",
    message: message({ shown: EVIL }).replace("\n\n", "\n"),
    states: MALFORMED,
    text: "",
  },

  { what: "another text", message: message({ shown: EVIL, signed: TEXT }), states: INVALID, text: EVIL },
  {
    what: "a line more",
    message: message({ shown: `${TEXT}\n${EVIL}`, signed: TEXT }),
    states: INVALID,
    text: `${TEXT}\r\n${EVIL}`,
  },
  {
    what: "an empty line more at the end",
    message: message({ shown: `${TEXT}\n`, signed: TEXT }),
    states: INVALID,
    text: `${TEXT}\r\n`,
  },
  {
    what: "an empty line more at the start",
    message: message({ shown: `\n${TEXT}`, signed: TEXT }),
    states: INVALID,
    text: `\r\n${TEXT}`,
  },
  {
    what: "white space before the text",
    message: message({ shown: ` ${TEXT}`, signed: TEXT }),
    states: INVALID,
    text: ` ${TEXT}`,
  },
  {
    what: "white space at the ends of lines, not signed",
    message: message({ shown: "a \t\nb \r", signed: "a\nb" }),
    states: GOOD,
    text: "a\r\nb",
  },
  {
    what: "white space at the ends of lines, signed",
    message: message({ shown: "a \nb", signed: "a \nb" }),
    states: INVALID,
    text: "a\r\nb",
  },
  {
    what: "a form feed at the end of a line, not signed",
    message: message({ shown: "a\f", signed: "a" }),
    states: INVALID,
    text: "a\f",
  },

  {
    what: "dashes, escaped",
    message: message({ shown: "- -a\n- - b", signed: "-a\n- b" }),
    states: GOOD,
    text: "-a\r\n- b",
  },
  { what: "an escape where none is needed", message: message({ shown: "- a", signed: "a" }), states: GOOD, text: "a" },
  { what: "an escape that was signed", message: message({ shown: "- a", signed: "- a" }), states: INVALID, text: "a" },
  ...["-a", "-", "--", "-----", "-----BEGIN PGP SIGNED MESSAGE-----", "-----END PGP SIGNATURE-----"].map((line) => ({
    what: `a dash that is not escaped: ${line}`,
    message: message({ shown: `a\n${line}\nb` }),
    states: MALFORMED,
    text: "",
  })),
  {
    what: "the border of a signature, escaped",
    message: message({ shown: "- -----BEGIN PGP SIGNATURE-----", signed: "-----BEGIN PGP SIGNATURE-----" }),
    states: GOOD,
    text: "-----BEGIN PGP SIGNATURE-----",
  },

  { what: "text above", message: `${EVIL}\n${message()}`, states: MALFORMED },
  { what: "an empty line above", message: `\n${message()}`, states: MALFORMED },
  // No signed text at all, but a detached signature with text around it; it was asked about no bytes here.
  { what: "a blank before the first line", message: ` ${message()}`, states: INVALID },
  { what: "text below", message: `${message()}${EVIL}\n`, states: MALFORMED, text: "" },
  {
    what: "text between the text's signature and another block",
    message: `${message()}x\n${armored("SIGNATURE", signatureOver(TEXT))}`,
    states: MALFORMED,
    text: "",
  },
  {
    what: "a second signature block",
    message: message() + armored("SIGNATURE", signatureOver(TEXT)),
    states: MALFORMED,
    text: "",
  },
  {
    what: "a key block below",
    message: message() + armored("PUBLIC KEY BLOCK", certificate(A)),
    states: MALFORMED,
    text: "",
  },
  { what: "the message twice", message: message() + message(), states: MALFORMED, text: "" },
  {
    what: "another message below",
    message: message() + message({ shown: EVIL, signed: TEXT }),
    states: MALFORMED,
    text: "",
  },
  {
    what: "another message above, whose signature is bad",
    message: message({ shown: EVIL, signed: TEXT }) + message(),
    states: MALFORMED,
    text: "",
  },
  { what: "no signature", message: message({ block: "" }), states: MALFORMED, text: "" },
  { what: "a signature without end", message: message().replace(/-----END[^]*/, ""), states: MALFORMED, text: "" },
  {
    what: "a signature that is no base64",
    message: message().replace("SIGNATURE-----\n\n", "SIGNATURE-----\n\n*"),
    states: MALFORMED,
    text: "",
  },
  {
    what: "a key in place of the signature",
    message: message({ block: armored("PUBLIC KEY BLOCK", certificate(A)) }),
    states: MALFORMED,
    text: "",
  },
  {
    what: "a header of the signature that is not allowed",
    message: message().replace("SIGNATURE-----\n", `SIGNATURE-----\n${EVIL}\n`),
    states: MALFORMED,
    text: "",
  },
];

for (const { what, message: content, states, text } of ROWS) {
  test(`signed text: ${what}: ${states.join(", ")}`, async () => {
    const judged = await judgeCleartext(file("SHA256SUMS.asc", Buffer.from(content, "latin1")), TRUST);
    assert.deepEqual(judged, { text, states });
  });
}

test("signed text: of a refused message, no line is read as a checksum list", async () => {
  for (const { what, message: content, states, text } of ROWS) {
    if (!states.includes("malformed") && text !== undefined) continue;
    const list = await readList(
      createSignatureReader(TRUST),
      file("SHA256SUMS.asc", Buffer.from(content, "latin1")),
      [],
      { named: true, forOne: false },
    );
    assert.deepEqual([list.list.entries, list.signatures], [[], []], what);
    assert.deepEqual(
      list.embedded.map(({ judgement }) => judgement.state),
      ["malformed"],
      what,
    );
  }
});

test("signed text: a list that gpg signed is read, and its detached twin is no signature over it", async () => {
  const trust = trusting({ keys: [fixture("good/acme.asc")] });
  const { text, states } = await judgeCleartext(fixture("good/SHA256SUMS.signed"), trust);
  assert.deepEqual(states, GOOD);
  // The last line end stands outside the signed text.
  const plain = fixture("good/SHA256SUMS").bytes;
  assert.equal(`${text?.replaceAll("\r\n", "\n")}\n`, Buffer.from(plain).toString("latin1"));
  const [over] = await signersOf(plain, [fixture("good/SHA256SUMS.signed")], trust);
  assert.equal(over?.state, "invalid");
});
