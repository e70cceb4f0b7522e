// Where an installed Python package came from, by direct_url.json: an archive, a repository or a folder that was named
// instead of an index. Its URL is whatever somebody typed, with credentials and paths of their machine.
//
// Source: packaging.python.org, "Direct URL Data Structure" (PEP 610).

import { parseDigest } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import type { Origin } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { jsonOf, PackageRefusal } from "../core/package-reading.ts";
import { publicUrl } from "../core/public-url.ts";

export interface PythonOrigin {
  readonly origin: Origin;
  /** Of the archive that it was installed from, as declared. */
  readonly digests: readonly Digest[];
  /** Why there is none, as a clause. */
  readonly undigested?: string;
  /** Installed in place: its files are those of a folder elsewhere. */
  readonly editable: boolean;
  readonly redacted: boolean;
  /** What is wrong with the file, as a clause. */
  readonly trouble?: string;
  /** Digests that are none, as written. */
  readonly malformed: readonly string[];
}

const PLAIN = { digests: [], editable: false, redacted: false, malformed: [] } as const;

/** What it means that there is no such file: it was installed from an index, by name. */
export const FROM_INDEX: PythonOrigin = { ...PLAIN, origin: { kind: "registry" } };

export function readDirectUrl(bytes: Uint8Array, path: string): PythonOrigin {
  try {
    const value = jsonOf(bytes, path);
    if (isJsonObject(value)) return originOf(value, path);
    return { ...PLAIN, origin: { kind: "unknown" }, trouble: `its ${path} is not an object` };
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    return { ...PLAIN, origin: { kind: "unknown" }, trouble: error.message };
  }
}

function originOf(document: JsonObject, path: string): PythonOrigin {
  const stated = textMember(document, "url") ?? "";
  const found = publicUrl(stated);
  const where =
    found === undefined ? {} : { url: found.url, ...(found.host === undefined ? {} : { host: found.host }) };
  const common = { ...PLAIN, redacted: found?.redacted === true };
  const vcs = objectMember(document, "vcs_info");
  if (vcs !== undefined) return { ...common, ...repositoryOf(vcs, where) };
  const archive = objectMember(document, "archive_info");
  if (archive !== undefined) {
    const kind = found === undefined ? "file" : "url";
    const { digests, malformed } = archiveDigests(archive);
    const undigested = digests.length > 0 ? {} : { undigested: "its direct_url.json states no digest of the archive" };
    return { ...common, origin: { kind, ...(kind === "url" ? where : {}) }, digests, malformed, ...undigested };
  }
  const folder = objectMember(document, "dir_info");
  if (folder !== undefined) {
    const editable = member(folder, "editable") === true;
    const undigested = editable ? "a folder of the project, installed in place" : "installed from a folder";
    return { ...common, origin: { kind: "directory" }, editable, undigested };
  }
  return { ...common, origin: { kind: "unknown" }, trouble: `its ${path} does not say what was installed` };
}

/** Git names objects by 40 hexadecimal digits, and by 64 in repositories that use SHA-256. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
const REFERENCE = /^[\w.~^/+-]{1,200}$/;

function repositoryOf(
  vcs: JsonObject,
  where: { readonly url?: string; readonly host?: string },
): Pick<PythonOrigin, "origin" | "undigested"> {
  const [id = "", asked = ""] = [textMember(vcs, "commit_id"), textMember(vcs, "requested_revision")];
  const commit = textMember(vcs, "vcs") === "git" && COMMIT.test(id) ? id.toLowerCase() : undefined;
  const reference = REFERENCE.test(asked) && asked.toLowerCase() !== commit ? { reference: asked } : {};
  return {
    origin: { kind: "git", ...where, ...(commit === undefined ? {} : { commit }), ...reference },
    undigested: commit === undefined ? "from a repository, not pinned by a commit" : `pinned by git commit ${commit}`,
  };
}

/** `hashes`, and `hash` of before that. */
function archiveDigests(archive: JsonObject): Pick<PythonOrigin, "digests" | "malformed"> {
  const texts = Object.entries(objectMember(archive, "hashes") ?? {}).map(
    ([name, hex]) => `${name}=${typeof hex === "string" ? hex : "no text"}`,
  );
  const old = textMember(archive, "hash");
  const digests = new Map<string, Digest>();
  const malformed: string[] = [];
  for (const text of [...texts, ...(old === undefined ? [] : [old])]) {
    const digest = /^[a-z0-9_-]+=[0-9a-f]+$/i.test(text) ? parseDigest(text) : undefined;
    if (digest === undefined) malformed.push(text.slice(0, 200));
    else digests.set(`${digest.algorithm}:${digest.hex}`, digest);
  }
  return { digests: [...digests.values()], malformed };
}
