// What runs when a Python source distribution is built: setup.py, and the backend that pyproject.toml names, which may
// lie in the distribution itself.
//
//   [build-system]  requires = ["hatchling"]  build-backend = "hatchling.build"  backend-path = ["."]   (PEP 517, 518)
//
// Without a `build-backend` setuptools builds it, and runs setup.py where there is one.

import { UserError } from "../core/errors.ts";
import type { InstallScript } from "../core/inventory.ts";
import { member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { PackageRefusal, textOf } from "../core/package-reading.ts";
import { publicPath } from "../core/public-url.ts";
import { sha256Of } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import { parseToml } from "./toml.ts";

export interface PythonBuild {
  /** `setup.py` with the hash of its bytes, and `build-backend NAME` with that of its module where it lies inside. */
  readonly scripts: readonly InstallScript[];
  /** What the build needs, as written. */
  readonly requires: readonly string[];
  readonly commands: readonly string[];
  /** Why pyproject.toml cannot be read, as a clause. */
  readonly trouble?: string;
}

/**
 * @param files by paths below the package's folder
 * @param shown how messages call pyproject.toml
 */
export function buildOf(files: readonly ObservedFile[], project: Uint8Array | undefined, shown: string): PythonBuild {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const { document, trouble } = projectOf(project, shown);
  const system = objectMember(document, "build-system");
  const backend = system === undefined ? undefined : textMember(system, "build-backend");
  const setup = byPath.get("setup.py");
  const inside = system === undefined || backend === undefined ? undefined : backendFile(system, backend, byPath);
  const scripts: InstallScript[] = [
    ...(setup === undefined ? [] : [scriptOf("setup.py", setup)]),
    ...(backend === undefined ? [] : [scriptOf(`build-backend ${backend}`, inside)]),
  ];
  const declared = objectMember(document, "project") ?? {};
  const commands = ["scripts", "gui-scripts"].flatMap((table) => Object.keys(objectMember(declared, table) ?? {}));
  return {
    scripts,
    requires: textsIn(system, "requires"),
    commands,
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function projectOf(
  bytes: Uint8Array | undefined,
  shown: string,
): { readonly document: JsonObject; readonly trouble?: string } {
  if (bytes === undefined) return { document: {} };
  try {
    return { document: parseToml(textOf(bytes, "pyproject.toml"), shown).value };
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof PackageRefusal)) throw error;
    return { document: {}, trouble: `its pyproject.toml cannot be read: ${error.message}` };
  }
}

function scriptOf(name: string, file: ObservedFile | undefined): InstallScript {
  const sha256 = file === undefined ? undefined : sha256Of(file.content);
  return { name, ...(sha256 === undefined ? {} : { sha256 }) };
}

function textsIn(object: JsonObject | undefined, name: string): readonly string[] {
  const value = object === undefined ? undefined : member(object, name);
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** The module of a backend that lies in the distribution: `backend-path` says where. */
function backendFile(
  system: JsonObject,
  backend: string,
  files: ReadonlyMap<string, ObservedFile>,
): ObservedFile | undefined {
  const module = (backend.split(":")[0] ?? "").replaceAll(".", "/");
  for (const path of textsIn(system, "backend-path").slice(0, 10)) {
    const folder = publicPath(path);
    if (folder === undefined) continue;
    const base = folder === "" ? module : `${folder}/${module}`;
    const found = files.get(`${base}.py`) ?? files.get(`${base}/__init__.py`);
    if (found !== undefined) return found;
  }
  return undefined;
}
