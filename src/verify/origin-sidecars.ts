// What may lie beside an artifact on a server: under which name it is kept here, and where its evidence usually is.
// Pure, and separate from packages. A folder cannot be listed over https, so each name is asked for; discovery.ts then
// finds them as if they had always lain there.

import { UserError } from "../core/errors.ts";

/** Appended to the artifact's name. Fewer than discovery knows, because each costs a request. */
const SIDECAR_SUFFIXES = [
  ".asc",
  ".sig",
  ".sign",
  ".minisig",
  ".sigstore.json",
  ".sigstore",
  ".intoto.jsonl",
  ".p7s",
  ".sha256",
  ".sha256sum",
  ".sha512",
] as const;

/** Checksum lists of a release, in the artifact's folder. */
const LIST_NAMES = [
  "SHA256SUMS",
  "SHA256SUMS.txt",
  "SHA512SUMS",
  "SHASUMS256.txt",
  // Signed as a whole, with the list inside.
  "SHASUMS256.txt.asc",
  "checksums.txt",
] as const;

/** Signatures of a list that was there. */
const LIST_SIGNATURE_SUFFIXES = [".asc", ".sig", ".sign", ".gpg", ".minisig", ".sigstore.json"] as const;

/** A file on a server, and the name that it gets here. */
export interface RemoteFile {
  readonly url: URL;
  readonly name: string;
}

/** The usual length limit of file systems, with room for a suffix. */
const MAX_NAME_BYTES = 200;

/**
 * The artifact of a URL, named by the last part of its path: checksum lists know it by that name.
 * @throws UserError `usage` when that is no name for a file
 */
export function artifactAt(url: URL): RemoteFile {
  const name = fileName(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  if (name !== undefined) return { url, name };
  throw new UserError(
    "usage",
    `${url.protocol}//${url.host}${url.pathname}: the path does not end in the name of a file`,
    {
      hint: "give the URL of the file itself",
    },
  );
}

/** A name without anything that file systems, terminals or option parsers take for more. */
function fileName(encoded: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
  const isPlain = /^[^\p{C}\p{Z}/\\:*?"<>|.-][^\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]*$/u.test(name) && !/[. ]$/.test(name);
  return isPlain && Buffer.byteLength(name) <= MAX_NAME_BYTES ? name : undefined;
}

/** The same folder, or the same name and more; never the query, which may be a key to the one file. */
function beside(artifact: RemoteFile, name: string): RemoteFile {
  const url = new URL(artifact.url);
  url.search = "";
  url.hash = "";
  const folder = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  const last = name.startsWith(artifact.name)
    ? url.pathname.slice(folder.length) + encodeURIComponent(name.slice(artifact.name.length))
    : encodeURIComponent(name);
  url.pathname = folder + last;
  return { url, name };
}

/** Evidence that usually lies beside an artifact: files about it alone, and lists of the whole release. */
export function sidecarsOf(artifact: RemoteFile): readonly RemoteFile[] {
  const names = [...SIDECAR_SUFFIXES.map((suffix) => artifact.name + suffix), ...LIST_NAMES];
  // Some file systems do not tell capitals from small letters.
  return names
    .filter((name) => name.toLowerCase() !== artifact.name.toLowerCase())
    .map((name) => beside(artifact, name));
}

/** Signatures that usually lie beside a file of checksums that was there; none for other sidecars. */
export function signaturesOfList(file: RemoteFile): readonly RemoteFile[] {
  if (!/(?:^|\.)(?:sha\d+(?:sums?)?|shasums\d*|checksums)(?:\.txt)?$/i.test(file.name)) return [];
  return LIST_SIGNATURE_SUFFIXES.map((suffix) => beside(file, file.name + suffix));
}
