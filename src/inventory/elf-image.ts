// ELF programs and libraries, 32 and 64 bit, in both byte orders (System V ABI, chapters 4 and 5; gabi.xinuos.com).
//
//   ehdr  e_ident[16] type:2 machine:2 version:4 entry:W phoff:W shoff:W flags:4 ehsize:2
//         phentsize:2 phnum:2 shentsize:2 shnum:2 shstrndx:2                            W: 4 or 8 bytes
//   phdr  32: type offset vaddr paddr filesz memsz flags align
//         64: type:4 flags:4 offset:8 vaddr:8 paddr:8 filesz:8 memsz:8 align:8
//   shdr  name:4 type:4 flags:W addr:W offset:W size:W link:4 info:4 addralign:W entsize:W

import { fieldsOf, nameAt } from "./binary-image.ts";
import type { BinaryImage, Fields, ImageBytes, Mapping } from "./binary-image.ts";

const [PT_LOAD, PF_X, PF_W] = [1, 1, 2];
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
/** Numbers that do not fit stand in section 0. */
const [PN_XNUM, SHN_XINDEX] = [0xffff, 0xffff];
/** Bytes of a table, and of the names of sections, that are read at most. */
const MAX_TABLE = 16 << 20;

/** e_machine in npm's words, for both byte orders where they differ. */
const MACHINES: ReadonlyMap<number, readonly [big: string, little: string]> = new Map([
  [3, ["ia32", "ia32"]],
  [8, ["mips", "mipsel"]],
  [20, ["ppc", "ppc"]],
  [21, ["ppc64", "ppc64"]],
  [22, ["s390x", "s390x"]],
  [40, ["arm", "arm"]],
  [62, ["x64", "x64"]],
  [183, ["arm64", "arm64"]],
  [243, ["riscv64", "riscv64"]],
  [258, ["loong64", "loong64"]],
]);

/** Where the fields stand, by class. */
interface Layout {
  readonly word: (fields: Fields, at: number) => number;
  readonly header: { readonly phoff: number; readonly shoff: number; readonly phnum: number };
  readonly segment: {
    readonly size: number;
    readonly flags: number;
    readonly offset: number;
    readonly address: number;
    readonly fileSize: number;
  };
  readonly section: {
    readonly size: number;
    readonly flags: number;
    readonly address: number;
    readonly offset: number;
    readonly length: number;
    readonly link: number;
  };
}

const ELF32: Layout = {
  word: (fields, at) => fields.u32(at),
  header: { phoff: 28, shoff: 32, phnum: 44 },
  segment: { size: 32, flags: 24, offset: 4, address: 8, fileSize: 16 },
  section: { size: 40, flags: 8, address: 12, offset: 16, length: 20, link: 24 },
};
const ELF64: Layout = {
  word: (fields, at) => fields.u64(at),
  header: { phoff: 32, shoff: 40, phnum: 56 },
  segment: { size: 56, flags: 4, offset: 8, address: 16, fileSize: 32 },
  section: { size: 64, flags: 8, address: 16, offset: 24, length: 32, link: 40 },
};

interface Elf {
  readonly bytes: ImageBytes;
  readonly little: boolean;
  readonly layout: Layout;
  readonly head: Fields;
  readonly problems: string[];
}

/** The image of bytes that begin with `\x7fELF`. */
export function readElf(bytes: ImageBytes): BinaryImage {
  const head = bytes.read(0, 64);
  const [wide, order] = [head[4], head[5]];
  const problems: string[] = [];
  const empty = { bytes, goBuildInfo: [], auditable: [], mapped: [], problems };
  if ((wide !== 1 && wide !== 2) || (order !== 1 && order !== 2)) {
    problems.push("its ELF header names no class or byte order that exists");
    return empty;
  }
  const layout = wide === 1 ? ELF32 : ELF64;
  if (head.length < layout.header.phnum + 8) {
    problems.push("its ELF header is cut off");
    return empty;
  }
  const elf: Elf = { bytes, little: order === 1, layout, head: fieldsOf(head, order === 1), problems };
  const machine = MACHINES.get(elf.head.u16(18));
  const cpu = machine?.[elf.little ? 1 : 0];
  const { sections, programHeaders } = readSections(elf);
  const { mapped, data } = readSegments(elf, programHeaders);
  return {
    bytes,
    ...(cpu === undefined ? {} : { cpu }),
    goBuildInfo: sections.filter(({ name }) => name === GO).map(({ mapping }) => mapping),
    auditable: sections.filter(({ name }) => name === AUDITABLE).map(({ mapping }) => mapping),
    mapped,
    ...(data === undefined ? {} : { data }),
    problems,
  };
}

const [GO, AUDITABLE] = [".go.buildinfo", ".dep-v0"];

interface Segments {
  readonly mapped: readonly Mapping[];
  readonly data: Mapping | undefined;
}

function readSegments({ bytes, little, layout, head, problems }: Elf, count: number): Segments {
  const at = layout.word(head, layout.header.phoff);
  const { segment } = layout;
  const stated = head.u16(layout.header.phnum - 2);
  const mapped: Mapping[] = [];
  let data: Mapping | undefined;
  if (count === 0) return { mapped, data };
  if (stated !== segment.size) {
    problems.push("its program headers have a size that no program header has");
    return { mapped, data };
  }
  const table = bytes.read(at, Math.min(count * segment.size, MAX_TABLE));
  if (table.length < count * segment.size) problems.push("its program headers lie outside of the file");
  const fields = fieldsOf(table, little);
  for (let row = 0; row + segment.size <= table.length; row += segment.size) {
    if (fields.u32(row) !== PT_LOAD) continue;
    const mapping = {
      address: layout.word(fields, row + segment.address),
      at: layout.word(fields, row + segment.offset),
      size: layout.word(fields, row + segment.fileSize),
    };
    if (mapping.size === 0) continue;
    if (mapping.at + mapping.size > bytes.size) {
      problems.push("a part of it that is loaded lies outside of the file");
      continue;
    }
    mapped.push(mapping);
    if ((fields.u32(row + segment.flags) & (PF_X | PF_W)) === PF_W) data ??= mapping;
  }
  return { mapped, data };
}

interface NamedSection {
  readonly name: string;
  readonly mapping: Mapping;
}

interface Sections {
  /** Those that are looked for. */
  readonly sections: readonly NamedSection[];
  /** How many program headers there are. */
  readonly programHeaders: number;
}

function readSections(elf: Elf): Sections {
  const { bytes, little, layout, head, problems } = elf;
  const { section, header } = layout;
  const at = layout.word(head, header.shoff);
  const [phnum, entrySize, shnum, strings] = [0, 2, 4, 6].map((skip) => head.u16(header.phnum + skip));
  const none = { sections: [], programHeaders: phnum === PN_XNUM ? 0 : (phnum ?? 0) };
  if (at === 0) return none;
  if (entrySize !== section.size) {
    problems.push("its sections have headers of a size that none has");
    return none;
  }
  const first = fieldsOf(bytes.read(at, section.size), little);
  const count = shnum === 0 ? layout.word(first, section.length) : (shnum ?? 0);
  const programHeaders = phnum === PN_XNUM ? first.u32(section.link + 4) : (phnum ?? 0);
  const table = bytes.read(at, Math.min(count * section.size, MAX_TABLE));
  if (table.length < count * section.size)
    problems.push("its table of sections lies outside of the file or is too long");
  const rows = fieldsOf(table, little);
  const nameIndex = strings === SHN_XINDEX ? first.u32(section.link) : (strings ?? 0);
  if (nameIndex * section.size + section.size > table.length) {
    if (table.length > 0 && nameIndex !== 0) problems.push("the names of its sections are in no section");
    return { sections: [], programHeaders };
  }
  const namesAt = nameIndex * section.size;
  const names = bytes.read(
    layout.word(rows, namesAt + section.offset),
    Math.min(layout.word(rows, namesAt + section.length), MAX_TABLE),
  );
  const sections: NamedSection[] = [];
  for (let row = 0; row + section.size <= table.length; row += section.size) {
    const name = nameAt(names, rows.u32(row), AUDITABLE.length + GO.length);
    if (name === GO || name === AUDITABLE) addSection(sections, elf, rows, row, name);
  }
  return { sections, programHeaders };
}

function addSection(sections: NamedSection[], elf: Elf, rows: Fields, row: number, name: string): void {
  const { section, word } = elf.layout;
  const mapping = {
    address: word(rows, row + section.address),
    at: word(rows, row + section.offset),
    size: word(rows, row + section.length),
  };
  if (rows.u32(row + 4) === SHT_NOBITS || mapping.size === 0) return;
  if (mapping.at + mapping.size > elf.bytes.size) {
    elf.problems.push(`its section ${name} lies outside of the file`);
  } else if ((word(rows, row + section.flags) & SHF_COMPRESSED) !== 0) {
    elf.problems.push(`its section ${name} is compressed in a way that is not read here`);
  } else {
    sections.push({ name, mapping });
  }
}
