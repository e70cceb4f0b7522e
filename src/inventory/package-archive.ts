// A package that is one archive: opened, hashed as a whole, and read with the strict readers of io/, so that every
// reader of packages answers for the same bytes. What cannot be read at all is an error here and nowhere else.

import { readSync } from "node:fs";
import type { Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { readSignatureBlock } from "../core/mcpb-block.ts";
import type { SignatureBlock } from "../core/mcpb-block.ts";
import type { ArchiveAnswer, ArchiveEntry, Examined, Wanted } from "../io/archive.ts";
import { readError } from "../io/files.ts";
import { readTarball } from "../io/tar.ts";
import { readZip } from "../io/zip.ts";
import { examineWholeFile } from "./file.ts";
import type { ObservedFile } from "./package-files.ts";
import type { SourceInput, TreeFile } from "./source.ts";

export interface PackageArchive {
  /** How messages call it. */
  readonly shown: string;
  /** SHA-256, SHA-512 of the whole file, computed. */
  readonly digests: readonly Digest[];
  /** Bytes. */
  readonly size: number;
  readonly entries: readonly ArchiveEntry[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** The regular files, in the order of the archive. */
  readonly files: readonly ObservedFile[];
  /** A signature of the bundle stands behind the archive. */
  readonly signed: boolean;
}

export interface ArchiveRequest {
  /** `bundle`: a zip that a signature may stand behind. */
  readonly format: "tarball" | "zip" | "bundle";
  readonly wanted: Wanted;
  /** Anything but files and folders is malformed. */
  readonly onlyFiles?: boolean;
  /** Default SHA-256. */
  readonly examined?: Examined;
}

/** @throws UserError `source-malformed`, `source-unsupported`, and for files that cannot be read */
export function readPackageArchive({ tree, path }: SourceInput, request: ArchiveRequest): Promise<PackageArchive> {
  const shown = tree.shown(path);
  return tree.open(path, async (file) => {
    const block: SignatureBlock = request.format === "bundle" ? blockOf(file, shown) : { kind: "none" };
    if (block.kind === "malformed") throw new UserError("source-malformed", `${shown}: ${block.reason}`);
    const end = block.kind === "signed" ? block.end : file.size;
    const whole = await examineWholeFile(file, shown, end);
    const answer = await readEntries(file, { ...request, shown, end });
    if (!answer.ok) {
      const code = answer.kind === "malformed" ? "source-malformed" : "source-unsupported";
      const hint = "--source file takes it as one file of unknown content";
      throw new UserError(code, `${shown}: the archive cannot be read: ${answer.reason}`, { hint });
    }
    if (answer.sha256 !== whole.sha256ToEnd) {
      throw new UserError("input-changed", `${shown}: the file changed while it was being read`);
    }
    const files = answer.entries.flatMap(({ name, size, mode, content }) =>
      content === undefined ? [] : [{ path: name, size, mode, content }],
    );
    const { entries, contents } = answer;
    const { digests, size } = whole;
    return { shown, digests, size, entries, contents, files, signed: block.kind === "signed" };
  });
}

function readEntries(
  file: TreeFile,
  { format, wanted, onlyFiles, examined = ["sha256"], shown, end }: ArchiveRequest & { shown: string; end: number },
): Promise<ArchiveAnswer<ArchiveEntry>> {
  if (format === "tarball") {
    return readTarball(file, { path: shown, wanted, examined, ...(onlyFiles === true ? { onlyFiles } : {}) });
  }
  const signed = end === file.size ? {} : { end, commentLength: file.size - end };
  return readZip(file, { path: shown, wanted, examined, ...signed });
}

function blockOf(file: TreeFile, shown: string): SignatureBlock {
  return readSignatureBlock(file.size, (offset, length) => {
    const bytes = Buffer.alloc(length);
    try {
      let done = 0;
      while (done < length) {
        const count = readSync(file.fd, bytes, done, length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes.subarray(0, done);
    } catch (error) {
      throw readError(shown, error);
    }
  });
}
