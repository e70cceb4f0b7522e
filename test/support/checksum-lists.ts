// Checksum lists for the tests of them: digests to write into lists, and a short way to read and ask.

import assert from "node:assert/strict";
import { lookUp } from "../../src/verify/checksum-lookup.ts";
import type { Lookup } from "../../src/verify/checksum-lookup.ts";
import { parseChecksumList } from "../../src/verify/checksums.ts";
import type { ChecksumList } from "../../src/verify/checksums.ts";

export const SHA256 = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7";
export const OTHER = "0".repeat(64);
export const SHA512 = "ab".repeat(64);
export const SHA384 = "ab".repeat(48);
export const MD5 = "60b725f10c9c85c70d97880dfe8191b3";
export const SHA1 = "55ca6286e3e4f4fba5d0448333fa99fc5a404a73";
export const BASE64 = Buffer.from(SHA256, "hex").toString("base64");
export const BASE64_512 = Buffer.from(SHA512, "hex").toString("base64");

export function parse(content: string | Uint8Array, source = "list.txt"): ChecksumList {
  return parseChecksumList(typeof content === "string" ? Buffer.from(content) : content, source);
}

/** An entry in few characters: `1 sha256:8742… a.txt`. A name is shown as JSON, `-` stands for none. */
export function written(list: ChecksumList): readonly string[] {
  return list.entries.map(({ line, digest, name }) => {
    assert.equal(digest.from, "declared");
    return `${line} ${digest.algorithm}:${digest.hex} ${name === undefined ? "-" : JSON.stringify(name)}`;
  });
}

/** Text as UTF-16, little endian, with its byte order mark. */
export const utf16 = (text: string): Buffer => Buffer.from(`\u{feff}${text}`, "utf16le");

/** What the list says about the file at `path`, or about the name given with `--as`. */
export const ask = (list: ChecksumList, path: string, as?: string, alone = true): Lookup => {
  const name = as ?? path.slice(path.lastIndexOf("/") + 1);
  return lookUp(list, { path, name, alone });
};

/** As coreutils writes a line: escapes, and then a backslash in front. */
export function escaped(name: string, write: (name: string) => string): string {
  const text = name.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return text === name ? write(name) : `\\${write(text)}`;
}
