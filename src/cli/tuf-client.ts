// Sigstore's TUF repository, by the specification's own client: a chunk of its own that only --refresh-trust loads.
// It opens no socket; whoever calls hands it a function that fetches.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Updater } from "tuf-js";
import type { Fetcher } from "tuf-js";
import { DownloadHTTPError } from "tuf-js/dist/error.js";

/** Where the chain of trust begins: written by .config/trust-roots.mjs, so that no name of a host stands here. */
export interface TufStart {
  /** URL of the repository, without a slash at its end. */
  readonly repository: string;
  /** Base64 of the root metadata that came with the program. */
  readonly root: string;
  readonly targets: { readonly trustedRoot: string; readonly registryKeys: string };
}

/** The bytes of a URL, at most so many; undefined when the server has no such file. Rejects with anything else. */
export type FetchBytes = (url: string, limit: number) => Promise<Buffer | undefined>;

/** The two targets as the repository has them now. */
export interface TufTargets {
  readonly trustedRoot: Buffer;
  readonly registryKeys: Buffer;
}

/**
 * Runs TUF's client workflow (specification section 5). The metadata that was verified stays in the folder, so that
 * nobody can later hand out an older state as the present one.
 * @param folder made when it is not there; nothing but this client's files may be in it
 * @throws Error when anything in the chain of signatures, versions and dates is wrong
 */
export async function fetchTargets(start: TufStart, folder: string, fetchBytes: FetchBytes): Promise<TufTargets> {
  const targets = join(folder, "targets");
  mkdirSync(targets, { recursive: true, mode: 0o700 });
  keepRoot(join(folder, "root.json"), Buffer.from(start.root, "base64"));
  const updater = new Updater({
    metadataDir: folder,
    metadataBaseUrl: start.repository,
    targetDir: targets,
    targetBaseUrl: `${start.repository}/targets`,
    fetcher: fetcherOf(fetchBytes, join(folder, "download")),
  });
  await updater.refresh();
  const read = async (name: string): Promise<Buffer> => {
    const info = await updater.getTargetInfo(name);
    if (info === undefined) throw new Error(`the repository has no ${name}`);
    const path = (await updater.findCachedTarget(info)) ?? (await updater.downloadTarget(info));
    return readFileSync(path);
  };
  return { trustedRoot: await read(start.targets.trustedRoot), registryKeys: await read(start.targets.registryKeys) };
}

/** The program's own root, unless a newer one was verified before: each root is signed by the one before it. */
function keepRoot(path: string, own: Buffer): void {
  if (versionAt(path) >= versionOf(own)) return;
  writeFileSync(path, own, { mode: 0o600 });
}

/** 0 when no root is there, or none that can be read: the program's own is as good a start. */
function versionAt(path: string): number {
  try {
    return versionOf(readFileSync(path));
  } catch {
    return 0;
  }
}

function versionOf(root: Buffer): number {
  const { signed } = JSON.parse(root.toString("utf8")) as { readonly signed: { readonly version: number } };
  return signed.version;
}

function fetcherOf(fetchBytes: FetchBytes, file: string): Fetcher {
  const download = async (url: string, limit: number): Promise<Buffer> => {
    const bytes = await fetchBytes(url, limit);
    // How the client learns that there is no newer root.
    if (bytes === undefined) throw new DownloadHTTPError(`${url}: the server has no such file`, 404);
    return bytes;
  };
  return {
    downloadBytes: download,
    async downloadFile(url, limit, handler) {
      writeFileSync(file, await download(url, limit), { mode: 0o600 });
      return handler(file);
    },
  };
}
