// The strict profile of zip archives: for each of its rules on names, attributes and extra fields, an archive that
// breaks this one.

import { crc32 } from "node:zlib";
import { readZipBytes, testRefused } from "./support/archive-files.ts";
import type { RefusedRow as Row } from "./support/archive-files.ts";
import { extraField, forgeZip, numbers } from "./support/zip-forge.ts";
import type { Fields, ForgedEntry } from "./support/zip-forge.ts";

const one = (change: Partial<ForgedEntry>): Buffer => forgeZip([{ name: "a", content: "some text", ...change }]);
const both = (fields: Fields): Buffer => one({ both: fields });
const local = (fields: Fields): Buffer => one({ local: fields });
const central = (fields: Fields): Buffer => one({ central: fields });
const names = (...list: readonly string[]): Buffer => forgeZip(list.map((name) => ({ name })));
const attributes = (mode: number, dos = 0): Fields => ({ attributes: ((mode << 16) | dos) >>> 0 });
const unicodePath = (name: string, crc = crc32("a"), version = 1): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.of(version), numbers([crc, 4]), Buffer.from(name)]));

const NAMES: readonly Row[] = [
  ["an absolute path", names("/etc/passwd"), /absolute/],
  ["a drive", names("c:/windows"), /drive/],
  ["a drive without a slash", names("C:x"), /drive/],
  ["a backslash", names("a\\b"), /backslash/],
  ["a parent", names("../a"), /a part that is "\.\."/],
  ["a parent further in", names("a/../b"), /a part that is "\.\."/],
  ["a parent at its end", names("a/.."), /a part that is "\.\."/],
  ["itself", names("./a"), /a part that is "\."/],
  ["itself further in", names("a/./b"), /a part that is "\."/],
  ["a parent for Windows", names("a/.. /b"), /a part that is "\.\. "/],
  ["dots only", names("a/.../b"), /a part that is "\.\.\."/],
  ["nothing", names(""), /is empty/],
  ["a slash alone", names("/"), /is empty/],
  ["two slashes", names("a//b"), /empty part/],
  ["two slashes at its end", names("a//"), /empty part/],
  ["a NUL", names("a\0b"), /control/],
  ["a line feed", names("a\nb"), /control/],
  ["an escape", names("a\u001b[31m"), /control/],
  ["DEL", names("a\u007f"), /control/],
  ["a C1 control", names("a\u009b1m"), /control/],
  ["a data stream of Windows", names("server.js::$DATA"), /data stream/],
  ["bytes that are no UTF-8", both({ name: Buffer.of(0x61, 0xff) }), /not valid UTF-8/],
  ["a surrogate in UTF-8", both({ name: Buffer.of(0xed, 0xa0, 0x80) }), /not valid UTF-8/],
  ["an overlong slash", both({ name: Buffer.of(0x61, 0xc0, 0xaf, 0x62) }), /not valid UTF-8/],
  ["a part of 256 bytes", names("x".repeat(256)), /more than 255 bytes/],
];

const TOGETHER: readonly Row[] = [
  ["the same name", names("a", "a"), /the name a occurs twice/],
  ["the same folder", names("a/", "a/"), /the name a occurs twice/],
  ["another case", names("README", "readme"), /README and readme/],
  ["another case of a folder", names("Lib/a", "lib/b"), /the same: Lib and lib/],
  ["another case of a folder of its own", names("lib/b", "Lib/"), /the same: lib and Lib/],
  ["another case of a long name", names(`${"d/".repeat(99)}A`, `${"d/".repeat(99)}a`), /take these names for the same/],
  ["another case above a long name", names(`A/${"d/".repeat(99)}x`, `a/${"d/".repeat(99)}y`), /the same: A/],
  [
    "a long name of Hangul and its parts",
    names("\uac01".repeat(28), "\uac01".normalize("NFD").repeat(28)),
    /take these names for the same/,
  ],
  ["a composed and a decomposed letter", names("\u00e9", "e\u0301"), /take these names for the same/],
  ["a ligature and its letters", names("\ufb01x", "fix"), /take these names for the same/],
  ["sharp s and two", names("stra\u00dfe", "STRASSE"), /take these names for the same/],
  ["the Kelvin sign and k", names("\u212a", "k"), /take these names for the same/],
  ["a character that is not seen", names("a\u200db", "ab"), /take these names for the same/],
  ["a byte order mark", names("\ufeffab", "ab"), /take these names for the same/],
  ["a dot at the end", names("a.", "a"), /take these names for the same/],
  ["a space at the end of a folder", names("a /b", "a/c"), /take these names for the same/],
  ["a file that is a folder of another", names("a", "a/b"), /both a file and a folder/],
  ["a folder of another that is a file", names("a/b/c", "a/b"), /both a file and a folder/],
  ["a file and a folder", names("a/", "a"), /both a file and a folder/],
];

const ATTRIBUTES: readonly Row[] = [
  ["a symbolic link", central(attributes(0o120777)), /neither a file nor a folder/],
  ["a symbolic link, made on MS-DOS", central({ ...attributes(0o120777), madeBy: 20 }), /neither a file nor a folder/],
  ["a FIFO", central(attributes(0o010644)), /neither a file nor a folder/],
  ["a character device", central(attributes(0o020644)), /neither a file nor a folder/],
  ["a block device", central(attributes(0o060644)), /neither a file nor a folder/],
  ["a socket", central(attributes(0o140644)), /neither a file nor a folder/],
  ["set-user-id", central(attributes(0o104755)), /set-user-id/],
  ["set-group-id", central(attributes(0o102755)), /set-user-id or set-group-id/],
  ["a folder without a slash", central(attributes(0o040755)), /differ on whether it is a folder/],
  ["a folder of MS-DOS without a slash", central(attributes(0o100644, 0x10)), /differ on whether it is a folder/],
  [
    "a file with a slash",
    forgeZip([{ name: "b/", central: attributes(0o100644) }]),
    /differ on whether it is a folder/,
  ],
  ["a volume of MS-DOS", central(attributes(0o100644, 0x08)), /name of a volume/],
];

const EXTRAS: readonly Row[] = [
  ["is cut in its header", central({ extra: Buffer.of(0x55, 0x54, 0) }), /extra fields of a are broken/],
  ["is longer than there is", central({ extra: numbers([0x5455, 2], [1, 2]) }), /extra fields of a are broken/],
  ["is cut in the local header", local({ extra: Buffer.of(0) }), /extra fields of a are broken/],
  ["stands twice", both({ extra: Buffer.concat([extraField(0x5455, ""), extraField(0x5455, "")]) }), /twice/],
  ["gives another name", central({ extra: unicodePath("b") }), /another name/],
  ["gives the name for another one", central({ extra: unicodePath("a", 1) }), /another name/],
  ["gives the name in another version", central({ extra: unicodePath("a", crc32("a"), 2) }), /another name/],
  ["gives a name that is cut", central({ extra: extraField(0x7075, "a") }), /another name/],
];

testRefused(readZipBytes, "malformed", "a zip archive with a name with", NAMES);
testRefused(readZipBytes, "malformed", "a zip archive with two names with", TOGETHER);
testRefused(readZipBytes, "malformed", "a zip archive with attributes of", ATTRIBUTES);
testRefused(readZipBytes, "malformed", "a zip archive with an extra field that", EXTRAS);
