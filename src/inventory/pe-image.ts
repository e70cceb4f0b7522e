// PE programs and libraries of Windows, 32 bit and 32+ (Microsoft, "PE Format").
//
//   MS-DOS stub, with the offset of the next at 0x3c; "PE\0\0"
//   COFF header  machine:2 sections:2 timestamp:4 symbols:4 symbolCount:4 optionalSize:2 characteristics:2
//   optional     magic:2 (0x10b, 0x20b) … imageBase at 28 (4 bytes) or 24 (8 bytes) …
//   section      name:8 virtualSize:4 virtualAddress:4 rawSize:4 rawOffset:4 … characteristics:4 at 36

import { fieldsOf, nameAt } from "./binary-image.ts";
import type { BinaryImage, ImageBytes, Mapping } from "./binary-image.ts";

const SECTION_SIZE = 40;
const [PE32, PE32_PLUS] = [0x10b, 0x20b];
const [INITIALIZED_DATA, EXECUTE, WRITE] = [0x40, 0x2000_0000, 0x8000_0000];

/** In npm's words. */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [0x14c, "ia32"],
  [0x1c4, "arm"],
  [0x8664, "x64"],
  [0xaa64, "arm64"],
]);

/** The image of bytes that begin with `MZ`. A program of MS-DOS has no sections. */
export function readPe(bytes: ImageBytes): BinaryImage {
  const problems: string[] = [];
  const none = { bytes, goBuildInfo: [], auditable: [], mapped: [], problems };
  const header = fieldsOf(bytes.read(0, 64), true).u32(0x3c);
  const coff = bytes.read(header, 24);
  if (coff.toString("latin1", 0, 4) !== "PE\0\0") return none;
  if (coff.length < 24) {
    problems.push("its COFF header is cut off");
    return none;
  }
  const fields = fieldsOf(coff, true);
  const [machine, count, optionalSize] = [fields.u16(4), fields.u16(6), fields.u16(20)];
  const optional = fieldsOf(bytes.read(header + 24, Math.min(optionalSize, 64)), true);
  const magic = optional.u16(0);
  const base = magic === PE32_PLUS ? optional.u64(24) : optional.u32(28);
  if (magic !== PE32 && magic !== PE32_PLUS && optionalSize > 0) {
    problems.push("its optional header is of no kind that exists");
  }
  const table = bytes.read(header + 24 + optionalSize, count * SECTION_SIZE);
  if (table.length < count * SECTION_SIZE) problems.push("its table of sections lies outside of the file");
  const cpu = MACHINES.get(machine);
  return {
    bytes,
    ...(cpu === undefined ? {} : { cpu }),
    os: "win32",
    ...readSections(bytes, table, base, problems),
    problems,
  };
}

type Found = Pick<BinaryImage, "goBuildInfo" | "auditable" | "mapped" | "data">;

function readSections(bytes: ImageBytes, table: Buffer, base: number, problems: string[]): Found {
  const rows = fieldsOf(table, true);
  const [auditable, mapped]: [Mapping[], Mapping[]] = [[], []];
  let data: Mapping | undefined;
  for (let row = 0; row + SECTION_SIZE <= table.length; row += SECTION_SIZE) {
    const name = nameAt(table, row, 8);
    const [virtualSize, rawSize] = [rows.u32(row + 8), rows.u32(row + 16)];
    // The raw size is rounded up; what follows the virtual size is padding.
    const size = virtualSize === 0 ? rawSize : Math.min(virtualSize, rawSize);
    const mapping = { address: base + rows.u32(row + 12), at: rows.u32(row + 20), size };
    if (size === 0) continue;
    if (mapping.at + size > bytes.size) {
      problems.push("one of its sections lies outside of the file");
      continue;
    }
    mapped.push(mapping);
    if (name === ".dep-v0") auditable.push(mapping);
    const flags = rows.u32(row + 36);
    const isData = (flags & INITIALIZED_DATA) !== 0 && (flags & WRITE) !== 0 && (flags & EXECUTE) === 0;
    if (isData && rows.u32(row + 12) !== 0) data ??= mapping;
  }
  return { goBuildInfo: [], auditable, mapped, ...(data === undefined ? {} : { data }) };
}
