// The files inside a package that matter by themselves: what the processor runs, and what a shell or an interpreter may
// be told to run. By content and mode, never by name alone, which its publisher chooses.

import { createHash } from "node:crypto";
import type { Facts, FileFact } from "../core/inventory.ts";
import { byCodeUnits } from "../core/order.ts";
import type { FileKind } from "../io/archive-kind.ts";
import type { FileContent } from "../io/archive-examine.ts";

/** A file whose bytes were read. */
export interface ObservedFile {
  /** Below the component, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Unix permission bits, with or without the type of the file; 0 where none are recorded. */
  readonly mode: number;
  readonly content: FileContent;
}

const NATIVE: readonly FileKind[] = ["elf", "pe", "mach-o", "wasm"];
const EXECUTE_BITS = 0o111;

export function isNative({ content }: Pick<ObservedFile, "content">): boolean {
  return content.kind !== undefined && NATIVE.includes(content.kind);
}

/** True for a file that is no native one, and says by a bit or by `#!` that it is to be run. */
export function isExecutable({ mode, content }: Pick<ObservedFile, "mode" | "content">): boolean {
  return (mode & EXECUTE_BITS) !== 0 || content.kind === "script";
}

/** SHA-256 of its content (lower-case hex), where that was computed. */
export function sha256Of({ digests }: FileContent): string | undefined {
  return digests.find(({ algorithm }) => algorithm === "sha256")?.hex;
}

function fileFact({ path, size, content }: ObservedFile): FileFact {
  const sha256 = sha256Of(content);
  return { path, ...(sha256 === undefined ? {} : { sha256 }), size };
}

/**
 * The native and executable files among those of one component, sorted by path; members only where there are some.
 * @param runs true for a path that is run whatever its mode says
 */
export function fileFacts(
  files: Iterable<ObservedFile>,
  runs: (path: string) => boolean = () => false,
): Pick<Facts, "nativeFiles" | "executables"> {
  const native: FileFact[] = [];
  const executable: FileFact[] = [];
  for (const file of files) {
    if (isNative(file)) native.push(fileFact(file));
    else if (isExecutable(file) || runs(file.path)) executable.push(fileFact(file));
  }
  const sorted = (facts: FileFact[]): readonly FileFact[] => facts.toSorted((a, b) => byCodeUnits(a.path, b.path));
  return {
    ...(native.length === 0 ? {} : { nativeFiles: sorted(native) }),
    ...(executable.length === 0 ? {} : { executables: sorted(executable) }),
  };
}

/**
 * One checksum over all files of a component that was not an archive of its own: SHA-256 of the lines that
 * `find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum` prints.
 */
export function filesChecksum(files: Iterable<Pick<ObservedFile, "path" | "content">>): string {
  const rows = [...files].map(({ path, content }) => ({ path: Buffer.from(path), sha256: sha256Of(content) ?? "" }));
  const hash = createHash("sha256");
  for (const { path, sha256 } of rows.toSorted((a, b) => a.path.compare(b.path))) {
    hash.update(`${sha256}  `).update(path).update("\n");
  }
  return `files:sha256/${hash.digest("hex")}`;
}
