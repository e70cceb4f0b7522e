// Folders for downloads: fresh, for the user alone, and gone when nobody needs them any more.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { systemErrorCode } from "./files.ts";

/** Folders that must not outlive the process. */
const folders = new Set<string>();

/** Removes every download folder; for signals that end the process. */
export function discardDownloadFolders(): void {
  for (const path of folders) discardDownloadFolder(path);
}

/** Removes one, with all that is in it. Harmless when it is gone. */
export function discardDownloadFolder(path: string): void {
  if (folders.delete(path)) rmSync(path, { recursive: true, force: true });
}

/**
 * A new empty folder, mode 0700.
 * @param parent where it is made; the system's folder for temporary files, when absent
 * @throws UserError `output-failed`
 */
export function createDownloadFolder(parent = tmpdir()): string {
  try {
    const path = mkdtempSync(join(parent, "boltseal-"));
    folders.add(path);
    return path;
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new UserError("output-failed", `${parent}: no folder for the download can be made there (${code})`, {
      hint: "TMPDIR names another place",
      cause,
    });
  }
}
