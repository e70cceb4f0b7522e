// `--from`: downloads an artifact and the evidence that lies with it, so that both can be verified like files that
// were always here. Beside job.ts the only file of this folder that does so; nothing is believed here.

import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { Skipped } from "../core/report.ts";
import { createAtomicFile, writeFileAtomically } from "../io/files.ts";
import { fetchSmall, fetchToFile } from "../io/net.ts";
import type { Connection, FetchOptions } from "../io/net.ts";
import { createDownloadFolder, discardDownloadFolder } from "../io/net-folder.ts";
import { inParallel } from "../io/net-parallel.ts";
import { hostName, mayLeadTo, parseHttpsUrl, shownUrl } from "../io/net-url.ts";
import { readNpmConfig } from "../policy/npm-config.ts";
import type { NpmSurroundings } from "../policy/npm-config.ts";
import {
  isNpmReference,
  packumentUrl,
  parseNpmReference,
  readPackument,
  signatureDocument,
  tarballName,
} from "./origin.ts";
import type { NpmReference, Packument } from "./origin.ts";
import { artifactAt, sidecarsOf, signaturesOfList } from "./origin-sidecars.ts";
import type { RemoteFile } from "./origin-sidecars.ts";

/** Limits, bytes. */
const MAX_ARTIFACT = 4 * 1024 ** 3;
const MAX_SIDECAR = 4 << 20;
const MAX_PACKUMENT = 48 << 20;

/** Longest time for one small file, milliseconds. */
const SMALL_FILE_MS = 60_000;

export interface ObtainOptions {
  /** `ca` is for URLs; for packages npm's `cafile` says. */
  readonly connection: Connection;
  /** Where npm's configuration is looked for. */
  readonly npm: NpmSurroundings;
  /** Where the folder is made; the system's place for temporary files, when absent. */
  readonly parent?: string;
  /** Bytes that the artifact may have. */
  readonly limit?: number;
  /** Longest time for the artifact, milliseconds. */
  readonly totalMs?: number;
  /** Bytes of the artifact that arrived, and of how many, where the server says. */
  readonly onProgress?: (path: string, done: number, total: number | undefined) => void;
}

/** What was downloaded. It stays until `discard`. */
export interface Obtained {
  /** Fresh, mode 0700. */
  readonly folder: string;
  /** Path of the artifact in it. */
  readonly artifact: string;
  /** Paths of evidence in it. */
  readonly files: readonly string[];
  /** Where the artifact came from, without query. */
  readonly shown: string;
  /** For packages: which one, and what the registry says of it. */
  readonly package?: NpmReference & { readonly integrity?: string; readonly publishedAt?: string };
  /** Evidence that was looked for and not taken, but for what the server did not have. */
  readonly skipped: readonly Skipped[];
  /** Removes the folder. */
  discard(): void;
}

/**
 * Downloads what `--from` names: an https URL of a file, or `npm:NAME@VERSION`.
 * After an error nothing is left.
 * @throws UserError `usage`, `net-…`, `npm-…`, `packument-malformed`, `output-failed`
 */
export async function obtain(reference: string, options: ObtainOptions): Promise<Obtained> {
  const isPackage = isNpmReference(reference);
  const source = isPackage ? parseNpmReference(reference) : artifactAt(parseHttpsUrl(reference));
  const folder = createDownloadFolder(options.parent);
  try {
    const download = { folder, options, skipped: [] };
    const obtained = "version" in source ? await obtainPackage(source, download) : await obtainFile(source, download);
    return { ...obtained, folder, skipped: download.skipped, discard: () => discardDownloadFolder(folder) };
  } catch (error) {
    discardDownloadFolder(folder);
    throw error;
  }
}

type Found = Omit<Obtained, "folder" | "skipped" | "discard">;

interface Download {
  readonly folder: string;
  readonly options: ObtainOptions;
  readonly skipped: Skipped[];
}

async function obtainFile(artifact: RemoteFile, download: Download): Promise<Found> {
  const access = download.options.connection;
  const fetched = await fetchArtifact(artifact, download, access);
  const first = await inParallel(sidecarsOf(artifact), (file) => fetchSidecar(file, download, access));
  const there = first.filter((file) => file !== undefined);
  const second = await inParallel(there.flatMap(signaturesOfList), (file) => fetchSidecar(file, download, access));
  const names = [...there, ...second.filter((file) => file !== undefined)].map(({ name }) => name);
  return { ...fetched, files: names.map((name) => join(download.folder, name)) };
}

/** What all requests for one reference have in common. */
type Access = Connection & Pick<FetchOptions, "authorization" | "accept">;

async function fetchArtifact(
  { url, name }: RemoteFile,
  { folder, options }: Download,
  access: Access,
): Promise<Pick<Found, "artifact" | "shown">> {
  const artifact = join(folder, name);
  const file = createAtomicFile(artifact, 0o600);
  try {
    const { shown } = await fetchToFile(url.href, file.fd, {
      ...access,
      limit: options.limit ?? MAX_ARTIFACT,
      ...(options.totalMs === undefined ? {} : { totalMs: options.totalMs }),
      onProgress: (done, total) => options.onProgress?.(artifact, done, total),
    });
    file.commit();
    return { artifact, shown };
  } finally {
    file.discard();
  }
}

/** What a server answers when it has no such file, or keeps it from us. Anything else may be the network, and ends it all. */
const NOT_THERE: readonly ErrorCode[] = ["net-absent", "net-denied", "net-refused", "net-too-large"];

/** The file, when the server has it. @param promised somebody said that it does: without it is worth a word */
async function fetchSidecar(
  file: RemoteFile,
  { folder, skipped }: Download,
  access: Access,
  promised = false,
): Promise<RemoteFile | undefined> {
  try {
    const { bytes, type } = await fetchSmall(file.url.href, { ...access, limit: MAX_SIDECAR, totalMs: SMALL_FILE_MS });
    if (type !== "text/html") {
      writeFileAtomically(join(folder, file.name), bytes, 0o600);
      return file;
    }
    skipped.push({ path: shownUrl(file.url), reason: "the server answers with a web page" });
  } catch (error) {
    if (!(error instanceof UserError) || !NOT_THERE.includes(error.code)) throw error;
    if (promised || error.code !== "net-absent")
      skipped.push({ path: shownUrl(file.url), reason: reasonOf(error, file.url) });
  }
  return undefined;
}

/** The message without the URL, which stands beside it. */
function reasonOf(error: UserError, url: URL): string {
  const prefix = `${shownUrl(url)}: `;
  return error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
}

async function obtainPackage(reference: NpmReference, download: Download): Promise<Found> {
  const { npm, connection } = download.options;
  const { remarks, registryFor } = readNpmConfig(npm);
  const registry = registryFor(reference.name);
  download.skipped.push(...remarks.map(({ file, message }) => ({ path: file, reason: message })));
  const access: Access = {
    ...connection,
    // The user's own configuration names this host.
    allowPrivate: [...(connection.allowPrivate ?? []), hostName(registry.url)],
    authorization: (url) => registry.authorization(url),
    accept: "application/json",
    ...(registry.ca === undefined ? {} : { ca: registry.ca }),
  };
  const { bytes } = await fetchSmall(packumentUrl(registry.url, reference.name).href, {
    ...access,
    limit: MAX_PACKUMENT,
  });
  const mayFetch = (url: URL): boolean => mayLeadTo(registry.url, url, connection.allowedHosts ?? []);
  const packument = readPackument(bytes, { reference, registry: registry.url, mayFetch });
  const fetched = await fetchArtifact({ url: packument.tarball, name: tarballName(reference) }, download, {
    ...access,
    accept: "*/*",
  });
  const files = [writeSignatures(reference, packument, download), await fetchAttestations(packument, download, access)];
  const { integrity, publishedAt } = packument;
  return {
    ...fetched,
    files: files.filter((file) => file !== undefined),
    package: {
      ...reference,
      ...(integrity === undefined ? {} : { integrity }),
      ...(publishedAt === undefined ? {} : { publishedAt }),
    },
  };
}

/** `npm-signature.json`. None is written where the registry signs nothing. */
function writeSignatures(reference: NpmReference, packument: Packument, { folder }: Download): string | undefined {
  if (packument.signatures.length === 0) return undefined;
  const path = join(folder, "npm-signature.json");
  writeFileAtomically(path, signatureDocument(reference, packument), 0o600);
  return path;
}

/** `npm-attestations.json`: the bytes that the registry gave out. */
async function fetchAttestations(
  { attestations }: Packument,
  download: Download,
  access: Access,
): Promise<string | undefined> {
  if (attestations === undefined) return undefined;
  if ("refused" in attestations) {
    download.skipped.push({ path: "npm-attestations.json", reason: attestations.refused });
    return undefined;
  }
  const file = { url: attestations.url, name: "npm-attestations.json" };
  const found = await fetchSidecar(file, download, access, true);
  return found === undefined ? undefined : join(download.folder, found.name);
}
