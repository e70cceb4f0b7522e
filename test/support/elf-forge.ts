// ELF programs that a test makes, and Go's build information as it was before Go 1.18. Separate from the other formats only for its size.

import { Buffer } from "node:buffer";
import { BASE, createWriter, layOut, START } from "./program-forge.ts";
import type { ForgedSection } from "./program-forge.ts";

export interface ElfForge {
  readonly wide?: boolean;
  readonly little?: boolean;
  readonly machine?: number;
  readonly sections?: readonly ForgedSection[];
  /** Without a table of sections: what can be written is found by the program headers alone. */
  readonly stripped?: boolean;
  /** Fields of the header in place of the true ones. */
  readonly header?: {
    readonly shnum?: number;
    readonly shoff?: bigint;
    readonly shstrndx?: number;
    readonly phnum?: number;
    readonly shentsize?: number;
  };
}

export function forgeElf(options: ElfForge = {}): Buffer {
  const { wide = true, little = true, machine = 62, sections = [], stripped = false, header = {} } = options;
  const word = wide ? 8 : 4;
  const { body, places } = layOut(sections);
  const names = Buffer.from(["", ".shstrtab", ...sections.map(({ name }) => name), ""].join("\0"), "latin1");
  const namesAt = START + body.length;
  const tableAt = namesAt + names.length;
  const [ehsize, phentsize, shentsize] = wide ? [64, 56, 64] : [52, 32, 40];
  const file = createWriter(little);
  file.raw(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, ...new Array<number>(9).fill(0)]));
  file.u(2, 2, machine);
  file.u(4, 1);
  file.u(word, BASE, ehsize, header.shoff ?? (stripped ? 0 : tableAt));
  file.u(4, 0);
  file.u(
    2,
    ehsize,
    phentsize,
    header.phnum ?? 1,
    header.shentsize ?? shentsize,
    header.shnum ?? (stripped ? 0 : sections.length + 2),
    header.shstrndx ?? (stripped ? 0 : 1),
  );
  // One segment that can be read and written, with all bodies.
  const [address, size] = [BASE + START, body.length];
  if (wide) {
    file.u(4, 1, 6);
    file.u(8, START, address, address, size, size, 16);
  } else {
    file.u(4, 1, START, address, address, size, size, 6, 16);
  }
  file.raw(Buffer.alloc(START - file.length()));
  file.raw(body);
  if (stripped) return file.bytes();
  file.raw(names);
  file.raw(Buffer.alloc(shentsize));
  const row = (
    name: string,
    type: number,
    flags: number,
    at: number | bigint,
    length: number | bigint,
    where: number,
  ): void => {
    file.u(4, names.indexOf(`\0${name}\0`, 0, "latin1") + 1, type);
    file.u(word, flags, where, at, length);
    file.u(4, 0, 0);
    file.u(word, 16, 0);
  };
  row(".shstrtab", 3, 0, namesAt, names.length, 0);
  sections.forEach(({ name, bytes, address: stated, stated: forged = {} }, index) => {
    const at = places[index] ?? 0;
    row(name, forged.type ?? 1, forged.flags ?? 3, forged.at ?? at, forged.size ?? bytes.length, stated ?? BASE + at);
  });
  return file.bytes();
}

/** Go's blob of before 1.18: pointers to two strings, which lie behind it. `address` is where it will be seen. */
export function forgePointedBuildInfo(
  version: string,
  modules: Uint8Array,
  { address, wide, little }: { readonly address: number; readonly wide: boolean; readonly little: boolean },
): Buffer {
  const size = wide ? 8 : 4;
  const blob = createWriter(little);
  blob.raw(Buffer.from("\xff Go buildinf:", "latin1"));
  blob.raw(Buffer.from([size, little ? 0 : 1]));
  const strings = address + 32;
  const texts = strings + 4 * size;
  blob.u(size, strings, strings + 2 * size);
  blob.raw(Buffer.alloc(32 - blob.length()));
  blob.u(size, texts, version.length, texts + version.length, modules.length);
  blob.raw(Buffer.from(version, "latin1"));
  blob.raw(modules);
  return blob.bytes();
}
