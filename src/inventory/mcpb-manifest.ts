// The manifest inside an MCP bundle (`.mcpb`, formerly `.dxt`): is it one that its own format allows, and are the
// files that it names in the bundle. Everything in it is attacker-controlled.

import type { Json } from "../core/json.ts";
import { problemsOf } from "../core/json-shape.ts";
import type { Problem } from "../core/json-shape.ts";
import { isJsonObject } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { jsonOf, onlyFile, PackageRefusal } from "../core/package-reading.ts";
import type { ArchiveReading } from "../core/package-reading.ts";
import { MANIFEST_VERSIONS, manifestShape } from "./mcpb-manifest-shape.ts";
import type { ManifestVersion } from "./mcpb-manifest-shape.ts";

/** The file at the root of a bundle that describes it. */
export const MANIFEST = "manifest.json";

export type ManifestAnswer =
  | { readonly state: "valid"; readonly version: ManifestVersion }
  /** At least one problem. */
  | { readonly state: "malformed"; readonly problems: readonly Problem[] }
  | { readonly state: "unsupported"; readonly reason: string };

/** Judges the manifest of a bundle. Never throws for what the bundle holds. */
export function checkManifest(reading: ArchiveReading): ManifestAnswer {
  let value: Json;
  try {
    value = jsonOf(onlyFile(reading, MANIFEST), MANIFEST);
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    return { state: "malformed", problems: [{ pointer: "", message: `cannot be used: ${error.message}` }] };
  }
  const selected = versionOf(value);
  if ("state" in selected) return selected;
  const problems = problemsOf(value, manifestShape(selected.version));
  const all = problems.length > 0 ? problems : missingFiles(value as unknown as Manifest, reading);
  return all.length > 0 ? { state: "malformed", problems: all } : { state: "valid", version: selected.version };
}

/** The format that a manifest says it has: `manifest_version`, or `dxt_version` where that is absent. */
function versionOf(value: Json): { readonly version: ManifestVersion } | Exclude<ManifestAnswer, { state: "valid" }> {
  const malformed = (pointer: string, message: string): ManifestAnswer & { state: "malformed" } => ({
    state: "malformed",
    problems: [{ pointer, message }],
  });
  if (!isJsonObject(value)) return malformed("", "must be an object");
  const member = statedIn(value);
  if (member === undefined) return malformed("/manifest_version", "is missing");
  const stated = value[member];
  const version = MANIFEST_VERSIONS.find((known) => known === stated);
  if (version !== undefined) return { version };
  if (typeof stated !== "string" || !/^[0-9]{1,9}(?:\.[0-9]{1,9}){1,2}$/.test(stated)) {
    return malformed(`/${member}`, "must be the version of a manifest format");
  }
  const known = `${MANIFEST_VERSIONS[0]} to ${MANIFEST_VERSIONS.at(-1)}`;
  return { state: "unsupported", reason: `its manifest has format ${stated}, only ${known} are checked` };
}

function statedIn(value: JsonObject): "manifest_version" | "dxt_version" | undefined {
  if (Object.hasOwn(value, "manifest_version")) return "manifest_version";
  return Object.hasOwn(value, "dxt_version") ? "dxt_version" : undefined;
}

/** The members that name files, of a manifest that has its shape. */
interface Manifest {
  readonly icon?: string;
  readonly icons?: readonly { readonly src: string }[];
  readonly server: { readonly entry_point: string };
}

/** No bundle has as many; each is looked up, and may give a message. */
const MAX_ICONS = 100;

/** Files that the manifest names, and that are not in the bundle or not files. Icons may be on the web instead. */
function missingFiles({ icon, icons = [], server }: Manifest, { entries }: ArchiveReading): readonly Problem[] {
  const files = new Set(entries.filter(({ type }) => type === "file").map(({ name }) => name));
  const inBundle = (pointer: string, path: string): readonly Problem[] => {
    const inside = pathInside(path);
    if (inside === undefined) return [{ pointer, message: "must be a path inside the bundle" }];
    return files.has(inside) ? [] : [{ pointer, message: `names a file that is not in the bundle: ${path}` }];
  };
  const image = (pointer: string, path: string): readonly Problem[] =>
    path.startsWith("https://") ? [] : inBundle(pointer, path);
  return [
    ...inBundle("/server/entry_point", server.entry_point),
    ...(icon === undefined ? [] : image("/icon", icon)),
    ...icons.slice(0, MAX_ICONS).flatMap(({ src }, index) => image(`/icons/${index}/src`, src)),
    ...(icons.length > MAX_ICONS ? [{ pointer: "/icons", message: `has more than ${MAX_ICONS} icons` }] : []),
  ];
}

/** A path that no system resolves to a place outside, without its `.` parts; undefined for any other. */
function pathInside(path: string): string | undefined {
  if (path.startsWith("/") || /[\\:\p{Cc}]/u.test(path)) return undefined;
  const parts = path.split("/").filter((part) => part !== ".");
  const strange = parts.length === 0 || parts.some((part) => /^[. ]*$/.test(part));
  return strange ? undefined : parts.join("/");
}
