// Mach-O programs and libraries of macOS, thin and fat, in both byte orders (mach-o/loader.h, mach-o/fat.h).
//
//   fat      magic:4 count:4 { cputype:4 cpusubtype:4 offset:W size:W align:4 [reserved:4] }   big-endian; W: 4 or 8
//   header   magic:4 cputype:4 cpusubtype:4 filetype:4 ncmds:4 sizeofcmds:4 flags:4 [reserved:4]
//   segment  cmd:4 cmdsize:4 name:16 vmaddr:W vmsize:W fileoff:W filesize:W maxprot:4 initprot:4 nsects:4 flags:4
//   section  sectname:16 segname:16 addr:W size:W offset:4 align:4 reloff:4 nreloc:4 flags:4 reserved:8 [reserved:4]

import { fieldsOf, nameAt } from "./binary-image.ts";
import type { BinaryImage, Fields, ImageBytes, Mapping } from "./binary-image.ts";

const [FAT, FAT_64] = [0xcafebabe, 0xcafebabf];
const [LC_SEGMENT, LC_SEGMENT_64] = [0x1, 0x19];
const READ_WRITE = 3;
/** Architectures of a fat file that are looked at; there have never been more than a handful. */
const MAX_ARCHITECTURES = 16;
/** Bytes of load commands that are read. */
const MAX_COMMANDS = 4 << 20;

/** In npm's words. */
const CPU_TYPES: ReadonlyMap<number, string> = new Map([
  [7, "ia32"],
  [12, "arm"],
  [18, "ppc"],
  [0x0100_0007, "x64"],
  [0x0100_000c, "arm64"],
  [0x0100_0012, "ppc64"],
]);

/** The images of a Mach-O file, and what is impossible about a fat one's table. */
export interface MachO {
  readonly images: readonly BinaryImage[];
  readonly problems: readonly string[];
}

/** One image, or those of all architectures of a fat file. */
export function readMachO(bytes: ImageBytes): MachO {
  const head = fieldsOf(bytes.read(0, 8), false);
  const [magic, count] = [head.u32(0), head.u32(4)];
  if (magic !== FAT && magic !== FAT_64) return { images: [readThin(bytes)], problems: [] };
  const problems: string[] = [];
  const wide = magic === FAT_64;
  const rowSize = wide ? 32 : 20;
  const rows = Math.min(count, MAX_ARCHITECTURES);
  if (count > rows) problems.push(`it holds ${count} architectures, of which ${rows} are read`);
  const table = bytes.read(8, rows * rowSize);
  if (table.length < rows * rowSize) problems.push("its table of architectures is cut off");
  const fields = fieldsOf(table, false);
  const images: BinaryImage[] = [];
  for (let row = 0; row + rowSize <= table.length; row += rowSize) {
    const at = wide ? fields.u64(row + 8) : fields.u32(row + 8);
    const size = wide ? fields.u64(row + 16) : fields.u32(row + 12);
    if (at + size > bytes.size || size === 0) {
      problems.push("one of its architectures lies outside of the file");
      continue;
    }
    images.push(readThin(bytes.part(at, size)));
  }
  return { images, problems };
}

interface Draft {
  readonly goBuildInfo: Mapping[];
  readonly auditable: Mapping[];
  readonly mapped: Mapping[];
  data?: Mapping;
  readonly problems: string[];
}

function readThin(bytes: ImageBytes): BinaryImage {
  const head = bytes.read(0, 32);
  const draft: Draft = { goBuildInfo: [], auditable: [], mapped: [], problems: [] };
  const magic = head.length < 28 ? 0 : head.readUInt32BE(0);
  const little = magic === 0xcefaedfe || magic === 0xcffaedfe;
  const wide = magic === 0xfeedfacf || magic === 0xcffaedfe;
  if (!little && !wide && magic !== 0xfeedface) {
    draft.problems.push("it holds something that is no Mach-O program");
    return { bytes, ...draft };
  }
  const fields = fieldsOf(head, little);
  const cpu = CPU_TYPES.get(fields.u32(4));
  const size = fields.u32(20);
  const commands = bytes.read(wide ? 32 : 28, Math.min(size, MAX_COMMANDS));
  if (commands.length < size) draft.problems.push("its load commands lie outside of the file or are too long");
  readCommands(bytes, { fields: fieldsOf(commands, little), commands, count: fields.u32(16) }, draft);
  return { bytes, ...(cpu === undefined ? {} : { cpu }), os: "darwin", ...draft };
}

interface Commands {
  readonly fields: Fields;
  readonly commands: Buffer;
  readonly count: number;
}

function readCommands(bytes: ImageBytes, { fields, commands, count }: Commands, draft: Draft): void {
  let at = 0;
  for (let index = 0; index < count && at + 8 <= commands.length; index++) {
    const [command, size] = [fields.u32(at), fields.u32(at + 4)];
    if (size < 8 || at + size > commands.length) {
      draft.problems.push("one of its load commands has an impossible size");
      return;
    }
    if (command === LC_SEGMENT || command === LC_SEGMENT_64) {
      readSegment(bytes, { fields, commands, at, end: at + size, wide: command === LC_SEGMENT_64 }, draft);
    }
    at += size;
  }
}

interface Segment {
  readonly fields: Fields;
  readonly commands: Buffer;
  readonly at: number;
  readonly end: number;
  readonly wide: boolean;
}

function readSegment(bytes: ImageBytes, { fields, commands, at, end, wide }: Segment, draft: Draft): void {
  const word = (index: number): number => (wide ? fields.u64(at + 24 + 8 * index) : fields.u32(at + 24 + 4 * index));
  const mapping = { address: word(0), at: word(2), size: word(3) };
  const behind = at + (wide ? 56 : 40);
  const [maximum, initial, sections] = [fields.u32(behind), fields.u32(behind + 4), fields.u32(behind + 8)];
  if (mapping.size > 0) {
    if (mapping.at + mapping.size > bytes.size) {
      draft.problems.push("one of its segments lies outside of the file");
    } else if (nameAt(commands, at + 8, 16) !== "__PAGEZERO") {
      draft.mapped.push(mapping);
      if (maximum === READ_WRITE && initial === READ_WRITE && mapping.address !== 0) draft.data ??= mapping;
    }
  }
  const rowSize = wide ? 80 : 68;
  for (let index = 0, row = behind + 16; index < sections; index++, row += rowSize) {
    if (row + rowSize > end) {
      draft.problems.push("a segment has more sections than fit into it");
      return;
    }
    readSection(bytes, { fields, commands, at: row, end, wide }, draft);
  }
}

function readSection(bytes: ImageBytes, { fields, commands, at, wide }: Segment, draft: Draft): void {
  const name = nameAt(commands, at, 16);
  if (name !== "__go_buildinfo" && name !== ".dep-v0") return;
  const mapping = {
    address: wide ? fields.u64(at + 32) : fields.u32(at + 32),
    size: wide ? fields.u64(at + 40) : fields.u32(at + 36),
    at: fields.u32(at + (wide ? 48 : 40)),
  };
  if (mapping.at + mapping.size > bytes.size) draft.problems.push(`its section ${name} lies outside of the file`);
  else if (name === ".dep-v0") draft.auditable.push(mapping);
  else draft.goBuildInfo.push(mapping);
}
