// Zip archives with any field set to anything, written from APPNOTE.TXT without our own reader.

import { crc32, deflateRawSync } from "node:zlib";

/** Fields of a header, by name. Those that are left out say what is true. */
export interface Fields {
  readonly signature?: string;
  readonly madeBy?: number;
  readonly needed?: number;
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly compressedSize?: number;
  readonly size?: number;
  readonly name?: Uint8Array | string;
  readonly extra?: Uint8Array;
  readonly comment?: string;
  readonly disk?: number;
  /** External attributes. */
  readonly attributes?: number;
  readonly offset?: number;
}

export interface ForgedEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Replaces what the content would be compressed to. */
  readonly data?: Uint8Array;
  /** In both headers. */
  readonly both?: Fields;
  readonly local?: Fields;
  readonly central?: Fields;
  /** Stands behind the data. `true` writes a true descriptor. */
  readonly descriptor?: Uint8Array | true;
  /** Stands before the local header. */
  readonly before?: Uint8Array;
  /** The entry has no central header, or no local one and shares that of the entry before it. */
  readonly without?: "central" | "local";
}

export interface ForgedEnd {
  readonly disk?: number;
  readonly directoryDisk?: number;
  readonly countHere?: number;
  readonly count?: number;
  readonly directorySize?: number;
  readonly directoryStart?: number;
  readonly commentLength?: number;
  readonly comment?: string | Uint8Array;
  /** Stands between the entries and the central directory. */
  readonly beforeDirectory?: Uint8Array;
  /** Stands between the central directory and the end record. */
  readonly beforeEnd?: Uint8Array;
  /** Order of the central headers, as positions of the entries. */
  readonly order?: readonly number[];
}

export const UTF8 = 0x0800;
export const DESCRIPTOR = 0x0008;
/** External attributes of a regular file, and of a folder. */
export const FILE = (0o100644 << 16) >>> 0;
export const FOLDER = ((0o040755 << 16) | 0x10) >>> 0;

const signature = (text: string): Buffer => Buffer.from(`PK${text}`, "latin1");

/** Numbers of 2 or 4 bytes, least significant byte first. */
export function numbers(...pairs: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    pairs.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}

/** One extra field. */
export function extraField(id: number, data: Uint8Array | string): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([numbers([id, 2], [bytes.length, 2]), bytes]);
}

interface Truth extends Required<Pick<Fields, "crc" | "compressedSize" | "size" | "flags" | "method">> {
  readonly name: string;
}

function sharedFields(fields: Fields, truth: Truth): Buffer {
  const { needed = 20, flags = truth.flags, method = truth.method } = fields;
  const { crc = truth.crc, compressedSize = truth.compressedSize, size = truth.size } = fields;
  // 1 January 2024, 0:00.
  const time = [0, 0x5821] as const;
  return numbers(
    [needed, 2],
    [flags, 2],
    [method, 2],
    [time[0], 2],
    [time[1], 2],
    [crc, 4],
    [compressedSize, 4],
    [size, 4],
  );
}

/** Both headers, data and descriptor of one entry; `at` is where its local header begins. */
function forgeEntry(entry: ForgedEntry, at: number): { readonly local: Buffer; readonly central: Buffer } {
  const content = Buffer.from(entry.content ?? "");
  const method = entry.local?.method ?? entry.both?.method ?? (content.length === 0 ? 0 : 8);
  const data = Buffer.from(entry.data ?? (method === 8 ? deflateRawSync(content) : content));
  const flags = UTF8 | (entry.descriptor === undefined ? 0 : DESCRIPTOR);
  const truth: Truth = {
    name: entry.name,
    crc: crc32(content),
    compressedSize: data.length,
    size: content.length,
    flags,
    method,
  };
  const local: Fields = { ...entry.both, ...entry.local };
  const central: Fields = { ...entry.both, ...entry.central };
  const [localName, centralName] = [Buffer.from(local.name ?? entry.name), Buffer.from(central.name ?? entry.name)];
  const [localExtra, centralExtra] = [Buffer.from(local.extra ?? []), Buffer.from(central.extra ?? [])];
  const comment = Buffer.from(central.comment ?? "");
  const attributes = central.attributes ?? (entry.name.endsWith("/") ? FOLDER : FILE);
  const descriptor =
    entry.descriptor === true
      ? Buffer.concat([signature("\x07\x08"), numbers([truth.crc, 4], [truth.compressedSize, 4], [truth.size, 4])])
      : Buffer.from(entry.descriptor ?? []);
  return {
    local: Buffer.concat([
      signature(local.signature ?? "\x03\x04"),
      sharedFields(local, truth),
      numbers([localName.length, 2], [localExtra.length, 2]),
      localName,
      localExtra,
      data,
      descriptor,
    ]),
    central: Buffer.concat([
      signature(central.signature ?? "\x01\x02"),
      numbers([central.madeBy ?? 0x0314, 2]),
      sharedFields(central, truth),
      numbers([centralName.length, 2], [centralExtra.length, 2], [comment.length, 2], [central.disk ?? 0, 2], [0, 2]),
      numbers([attributes, 4], [central.offset ?? at, 4]),
      centralName,
      centralExtra,
      comment,
    ]),
  };
}

/** A whole archive. */
export function forgeZip(entries: readonly ForgedEntry[], end: ForgedEnd = {}): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let position = 0;
  for (const entry of entries) {
    const before = Buffer.from(entry.before ?? []);
    const { local, central } = forgeEntry(entry, position + before.length);
    if (entry.without !== "local") {
      locals.push(before, local);
      position += before.length + local.length;
    }
    if (entry.without !== "central") centrals.push(central);
  }
  const directory = Buffer.concat((end.order ?? [...centrals.keys()]).flatMap((index) => centrals[index] ?? []));
  const beforeDirectory = Buffer.from(end.beforeDirectory ?? []);
  const comment = typeof end.comment === "string" ? Buffer.from(end.comment, "latin1") : Buffer.from(end.comment ?? []);
  const { count = centrals.length, countHere = count } = end;
  return Buffer.concat([
    ...locals,
    beforeDirectory,
    directory,
    Buffer.from(end.beforeEnd ?? []),
    signature("\x05\x06"),
    numbers([end.disk ?? 0, 2], [end.directoryDisk ?? 0, 2], [countHere, 2], [count, 2]),
    numbers([end.directorySize ?? directory.length, 4]),
    numbers([end.directoryStart ?? position + beforeDirectory.length, 4]),
    numbers([end.commentLength ?? comment.length, 2]),
    comment,
  ]);
}
