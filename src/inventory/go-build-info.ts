// What Go's linker writes into a program about its modules (Go source, debug/buildinfo and runtime/debug.BuildInfo).
//
//   blob    = "\xff Go buildinf:" pointerSize:1 flags:1 rest      at an address that is a multiple of 16
//   rest    = flags & 2: 16 bytes of padding, string, string; each a varint length and its bytes     since Go 1.18
//             else: pointer to a Go string, pointer to another; a Go string is a pointer and a length; flags & 1: big-endian
//   strings = version of Go; 16 bytes, lines, 16 bytes
//   lines   = { "path\t" package | ( "mod\t" | "dep\t" | "=>\t" ) module "\t" version [ "\t" h1 ] | "build\t" key "=" value }
//
// Of the build settings only those are kept that are known to hold no secret: `-ldflags` holds what its author wished.

import { fieldsOf, locate } from "./binary-image.ts";
import type { BinaryImage, Mapping } from "./binary-image.ts";
import type { GoModule } from "./go-module.ts";

const MAGIC = Buffer.from("\xff Go buildinf:", "latin1");
const ALIGNMENT = 16;
const HEADER = 32;
/** How much is searched at once (bytes), a multiple of the alignment. */
const CHUNK = 1 << 20;
/** Longer texts (bytes) are no list of modules. */
const MAX_TEXT = 8 << 20;
/** More modules are in no program. */
const MAX_MODULES = 50_000;
/** Places that are searched, of one kind. */
const MAX_PLACES = 4;

/** Settings that say what was built, from what. */
const KEPT: ReadonlySet<string> = new Set(["GOOS", "GOARCH", "vcs", "vcs.revision", "vcs.modified"]);

export interface GoBuildInfo {
  /** `go1.26.8`, `devel go1.27-3decccc`. */
  readonly goVersion: string;
  /** Package path of the program. */
  readonly path?: string;
  readonly main?: GoModule;
  readonly dependencies: readonly GoModule[];
  readonly settings: ReadonlyMap<string, string>;
  /** What cannot be read in it, as clauses. */
  readonly problems: readonly string[];
}

/** The build information of a program; undefined where there is none; a text where there is and it cannot be read. */
export function findGoBuildInfo(image: BinaryImage): GoBuildInfo | string | undefined {
  const places = [...image.goBuildInfo.slice(0, MAX_PLACES), ...(image.data === undefined ? [] : [image.data])];
  for (const place of places) {
    const at = searchMagic(image, place);
    if (at === undefined) continue;
    const skip = at - place.at;
    const blob = { address: place.address + skip, at, size: place.size - skip };
    const texts = readBlob(image, blob);
    if (typeof texts === "string") return texts;
    return parseLines(texts.goVersion, texts.modules);
  }
  return undefined;
}

/** Position of the blob in a mapping. */
function searchMagic({ bytes }: BinaryImage, { address, at, size }: Mapping): number | undefined {
  if (!Number.isFinite(address)) return undefined;
  const end = at + size;
  const misaligned = address % ALIGNMENT;
  for (let start = at + (misaligned === 0 ? 0 : ALIGNMENT - misaligned); start < end; start += CHUNK) {
    const chunk = bytes.read(start, Math.min(CHUNK, end - start));
    for (let found = chunk.indexOf(MAGIC); found !== -1; found = chunk.indexOf(MAGIC, found + 1)) {
      if (found % ALIGNMENT === 0 && end - start - found >= HEADER) return start + found;
    }
  }
  return undefined;
}

interface Texts {
  readonly goVersion: string;
  readonly modules: Buffer;
}

const UNREADABLE = "its Go build information cannot be read";

function readBlob(image: BinaryImage, blob: Mapping): Texts | string {
  const header = image.bytes.read(blob.at, HEADER);
  const [pointerSize, flags] = [header[14] ?? 0, header[15] ?? 0];
  const inline = (flags & 2) !== 0;
  if (!inline && pointerSize !== 4 && pointerSize !== 8) return `${UNREADABLE}: its pointers have ${pointerSize} bytes`;
  const strings = inline ? inlineStrings(image, blob) : pointedStrings(image, header);
  if (strings === undefined) return `${UNREADABLE}: a text of it lies outside of the program or is too long`;
  const [version, modules] = strings;
  if (version.length === 0) return `${UNREADABLE}: it states no version of Go`;
  return { goVersion: version.toString("utf8"), modules };
}

type Strings = readonly [version: Buffer, modules: Buffer];

function inlineStrings(image: BinaryImage, blob: Mapping): Strings | undefined {
  // A section may end before what is mapped with it.
  const room = Math.max(blob.size, locate(image, blob.address)?.size ?? 0);
  let at = HEADER;
  const next = (): Buffer | undefined => {
    const length = readVarint(image.bytes.read(blob.at + at, Math.min(10, room - at)));
    if (length === undefined || length.value > MAX_TEXT || at + length.size + length.value > room) return undefined;
    const text = image.bytes.read(blob.at + at + length.size, length.value);
    at += length.size + length.value;
    return text.length === length.value ? text : undefined;
  };
  const version = next();
  const modules = version === undefined ? undefined : next();
  return version === undefined || modules === undefined ? undefined : [version, modules];
}

/** Little-endian base 128 (encoding/binary, Uvarint); undefined for what is no number or 2^49 and more. */
function readVarint(bytes: Buffer): { readonly value: number; readonly size: number } | undefined {
  let value = 0;
  for (let size = 0; size < Math.min(bytes.length, 7); size++) {
    const byte = bytes[size] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * size);
    if (byte < 0x80) return { value, size: size + 1 };
  }
  return undefined;
}

function pointedStrings(image: BinaryImage, header: Buffer): Strings | undefined {
  const [size, little] = [header[14] ?? 0, ((header[15] ?? 0) & 1) === 0];
  const pointerAt = (bytes: Buffer, at: number): number => {
    const fields = fieldsOf(bytes, little);
    return size === 4 ? fields.u32(at) : fields.u64(at);
  };
  const stringAt = (address: number): Buffer | undefined => {
    const place = locate(image, address);
    if (place === undefined || place.size < 2 * size) return undefined;
    const string = image.bytes.read(place.at, 2 * size);
    const length = pointerAt(string, size);
    if (length === 0) return Buffer.alloc(0);
    const text = locate(image, pointerAt(string, 0));
    if (text === undefined || length > text.size || length > MAX_TEXT) return undefined;
    return image.bytes.read(text.at, length);
  };
  const version = stringAt(pointerAt(header, 16));
  // A program that was built without modules has no second text.
  const pointer = pointerAt(header, 16 + size);
  const modules = pointer === 0 ? Buffer.alloc(0) : stringAt(pointer);
  return version === undefined || modules === undefined ? undefined : [version, modules];
}

/** The framed lines without their frame; empty where there is no frame. */
function unframed(modules: Buffer): string {
  const framed = modules.length >= 33 && modules[modules.length - 17] === 0x0a;
  return framed ? modules.toString("utf8", 16, modules.length - 16) : "";
}

/** What the lines have said so far. */
interface Draft {
  path?: string;
  main?: GoModule;
  readonly dependencies: GoModule[];
  readonly settings: Map<string, string>;
  readonly problems: string[];
  /** The module that a replacement on the next line is for. */
  last: "main" | "dependency" | undefined;
}

function parseLines(goVersion: string, modules: Buffer): GoBuildInfo {
  const draft: Draft = { dependencies: [], settings: new Map(), problems: [], last: undefined };
  const text = unframed(modules);
  if (modules.length > 0 && text === "") draft.problems.push(`${UNREADABLE}: its list of modules has no frame`);
  for (const line of text.split("\n")) {
    const [kind, ...columns] = line.split("\t");
    if (kind === "path") draft.path = columns.join("\t");
    else if (kind === "mod" || kind === "dep") addModule(draft, kind, columns);
    else if (kind === "=>") addReplacement(draft, columns);
    else if (kind === "build") addSetting(draft, columns.join("\t"));
  }
  const { path, main, dependencies, settings, problems } = draft;
  return {
    goVersion,
    ...(path === undefined ? {} : { path }),
    ...(main === undefined ? {} : { main }),
    dependencies,
    settings,
    problems,
  };
}

function addModule(draft: Draft, kind: "mod" | "dep", columns: readonly string[]): void {
  const module = moduleOf(columns);
  draft.last = undefined;
  if (module === undefined) {
    draft.problems.push("a line of its Go build information names no module");
  } else if (kind === "dep" && draft.dependencies.length >= MAX_MODULES) {
    draft.problems.push(`its Go build information names more than ${MAX_MODULES} modules`);
  } else if (kind === "dep") {
    draft.dependencies.push(module);
    draft.last = "dependency";
  } else {
    if (draft.main !== undefined) draft.problems.push("its Go build information names two main modules");
    draft.main ??= module;
    draft.last = "main";
  }
}

function addReplacement(draft: Draft, columns: readonly string[]): void {
  const replacement = columns.length === 3 ? moduleOf(columns) : undefined;
  const { last, dependencies } = draft;
  const replaced = last === "main" ? draft.main : last === "dependency" ? dependencies.at(-1) : undefined;
  draft.last = undefined;
  if (replaced === undefined || replacement === undefined) {
    draft.problems.push("a line of its Go build information replaces nothing");
  } else if (last === "main") {
    draft.main = { ...replaced, replacement };
  } else {
    dependencies[dependencies.length - 1] = { ...replaced, replacement };
  }
}

function addSetting({ settings }: Draft, text: string): void {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key !== undefined && value !== undefined && KEPT.has(key)) settings.set(key, value);
}

function moduleOf([path, version, sum, ...more]: readonly string[]): GoModule | undefined {
  if (path === undefined || path === "" || version === undefined || more.length > 0) return undefined;
  // A hash that is none is told from one that is missing when the component is made.
  return { path, version, ...(sum === undefined || sum === "" ? {} : { sum }) };
}
