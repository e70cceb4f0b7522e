// What a file is by its first bytes, whatever its name says.

export type FileKind = (typeof SIGNATURES)[number][0] | "mach-o" | "java-class" | "tar";

/** Kinds that begin with fixed bytes, as Latin-1 text. */
const SIGNATURES = [
  ["zip", "PK\x03\x04"],
  // An archive without entries.
  ["zip", "PK\x05\x06"],
  ["gzip", "\x1f\x8b"],
  ["bzip2", "BZh"],
  ["xz", "\xfd7zXZ\0"],
  ["zstd", "\x28\xb5\x2f\xfd"],
  ["7z", "7z\xbc\xaf\x27\x1c"],
  ["elf", "\x7fELF"],
  ["pe", "MZ"],
  ["script", "#!"],
  ["wasm", "\0asm"],
  // Debian packages are archives of ar(1).
  ["ar", "!<arch>\n"],
  ["rpm", "\xed\xab\xee\xdb"],
  // Packages of macOS are xar archives.
  ["xar", "xar!"],
  // Packages of Windows Installer are compound files.
  ["compound-file", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
  ["cab", "MSCF"],
] as const;

/** Mach-O of one architecture, 32 and 64 bit, in both byte orders (mach-o/loader.h); and fat ones of 64 bit (fat.h). */
const MACH_O: readonly number[] = [0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe, 0xcafebabf];
const CAFEBABE = 0xcafebabe;
/** The first version of a Java class file; no fat Mach-O holds as many architectures. */
const FIRST_JAVA_VERSION = 45;

/**
 * The kind of a file whose first bytes are `head`, or undefined. 512 bytes are enough for every kind; fewer never
 * give another kind than more. Says how a file begins, not that the rest of it is valid.
 */
export function kindOf(head: Uint8Array): FileKind | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 512));
  const text = bytes.toString("latin1");
  const known = SIGNATURES.find(([, signature]) => text.startsWith(signature));
  if (known !== undefined) return known[0];
  if (bytes.length >= 4 && MACH_O.includes(bytes.readUInt32BE(0))) return "mach-o";
  if (bytes.length >= 8 && bytes.readUInt32BE(0) === CAFEBABE) {
    return bytes.readUInt32BE(4) < FIRST_JAVA_VERSION ? "mach-o" : "java-class";
  }
  return text.startsWith("ustar", 257) ? "tar" : undefined;
}
