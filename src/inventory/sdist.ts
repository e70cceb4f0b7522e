// A Python source distribution: a tarball that is built into a wheel where it is installed, so its own code runs there.
// The package is the root; what it and its build ask for is listed without a version, because whoever installs it
// decides.
//
// Source: packaging.python.org, "Source distribution format"; PEP 517 and 518 (build backends).

import type { Component, Inventory } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { byCodeUnits } from "../core/order.ts";
import { PackageRefusal, topFolder } from "../core/package-reading.ts";
import { pypiPurl } from "../core/purl.ts";
import { createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { fileNameOf } from "./file.ts";
import { below } from "./npm-bundled.ts";
import { packageOf } from "./package.ts";
import type { PackageArchive } from "./package-archive.ts";
import { fileFacts } from "./package-files.ts";
import { readPythonArchive, wantedOfPython } from "./python-archive.ts";
import { buildOf } from "./python-build.ts";
import type { PythonBuild } from "./python-build.ts";
import { filesOfArchive } from "./python-files.ts";
import { MAX_METADATA } from "./python-installed.ts";
import { readMetadata } from "./python-metadata.ts";
import type { PythonMetadata } from "./python-metadata.ts";
import { requiredComponents } from "./python-required.ts";
import { vendoredComponent } from "./python-vendored.ts";
import type { ReadSource } from "./source.ts";

const MAX_PROJECT = 4 << 20;

/** How many bytes of an entry are kept, or undefined. */
function wanted(name: string): number | undefined {
  if (/^[^/]+\/PKG-INFO$/.test(name)) return MAX_METADATA;
  if (/^[^/]+\/pyproject\.toml$/.test(name)) return MAX_PROJECT;
  return /\.dist-info\//.test(name) ? wantedOfPython(name) : undefined;
}

/**
 * @throws UserError `source-malformed`, `source-unsupported`, `source-unknown` (no source distribution), and for files
 * that cannot be read
 */
export const readSdist: ReadSource = async (input) => {
  const archive = await readPythonArchive(input, "tarball", wanted);
  const { shown, files, contents } = archive;
  const top = folderOf(archive);
  const fileName = fileNameOf(archive.shown);
  const remarks = createRemarks(shown);
  const metadata = readMetadata(contents.get(`${top}/PKG-INFO`) ?? new Uint8Array(), `${top}/PKG-INFO`);
  const own = below(files, top);
  if (!contents.has(`${top}/pyproject.toml`) && own.some(({ path }) => path === "pyproject.toml")) {
    throw new UserError("source-unsupported", `${shown}: its ${top}/pyproject.toml is too large`);
  }
  const build = buildOf(own, contents.get(`${top}/pyproject.toml`), `${shown}: ${top}/pyproject.toml`);
  const root = rootOf(archive, { metadata, build, fileName, remarks });
  const subject = componentName(root);
  if (build.trouble !== undefined) {
    remarks.add({ rule: "component-malformed", subject, message: build.trouble, file: shown });
  }
  const vendored = files
    .flatMap(({ path }) => /^(.*[^/]\.dist-info)\/METADATA$/.exec(path)?.[1] ?? [])
    .toSorted(byCodeUnits)
    .map((folder): Component => {
      const component = vendoredComponent(folder, subject, { files: filesOfArchive(archive), remarks });
      // The name of its one folder holds the version: without it, two versions have the same keys.
      const key = folder.slice(top.length + 1);
      return { ...component, key, location: key };
    });
  const required = requiredComponents(metadata, { subject, shown, remarks });
  const builders = requiredComponents(build, { subject, shown, remarks }).map((component): Component => ({
    ...component,
    key: component.key.replace(/^declared:/, "build:"),
    scope: "development",
  }));
  const components = [...vendored, ...required, ...builders];
  const said = remarks.list();
  const [digest] = archive.digests;
  const inventory: Inventory = {
    path: shown,
    ...(digest === undefined ? {} : { digest }),
    size: archive.size,
    root: {
      ...root,
      facts: { ...root.facts, ...fileFacts(own) },
      dependsOn: components.map(({ key }) => key),
    },
    components,
    // What its build adds is not known before it runs.
    completeness: said.some(({ rule }) => rule === "inventory-incomplete") ? "incomplete" : "unknown",
    remarks: said,
    skipped: [],
  };
  return inventory;
};

/** The folder of the package. @throws UserError */
function folderOf(archive: PackageArchive): string {
  const { entries, contents, shown } = archive;
  if (!entries.some(({ name }) => /^[^/]+\/PKG-INFO$/.test(name))) {
    throw new UserError("source-unknown", `${shown}: is no Python source distribution: no PKG-INFO is in its folder`);
  }
  try {
    const top = topFolder(archive);
    if (!contents.has(`${top}/PKG-INFO`)) throw new PackageRefusal(`its ${top}/PKG-INFO cannot be read`);
    return top;
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    throw new UserError("source-malformed", `${shown}: ${error.message}`);
  }
}

interface RootOptions {
  readonly metadata: PythonMetadata;
  readonly build: PythonBuild;
  readonly fileName: string;
  readonly remarks: Remarks;
}

function rootOf(archive: PackageArchive, { metadata, build, fileName, remarks }: RootOptions): Component {
  const { digests, shown } = archive;
  const strict = packageOf("sdist", archive, fileName);
  const { version, statements, engines, serverNames } = metadata;
  const name = metadata.name ?? fileName.replace(/\.tar\.gz$/i, "");
  const named = { name, ...(version === undefined ? {} : { version }) };
  const subject = componentName(named);
  if ("reason" in strict) remarks.add({ rule: "component-malformed", subject, message: strict.reason, file: shown });
  if (metadata.redacted) {
    const message = "an address in its metadata holds what may be a secret";
    remarks.add({ rule: "secret-removed", subject, message, file: shown });
  }
  return {
    key: "",
    kind: build.commands.length === 0 ? "library" : "application",
    ...named,
    ...("reason" in strict ? {} : { purl: pypiPurl(strict.package.name, strict.package.version) }),
    digests,
    scope: "runtime",
    origin: { kind: "file", path: fileName },
    facts: {
      installScripts: build.scripts,
      ...(build.commands.length === 0 ? {} : { commands: build.commands }),
      ...(engines.length === 0 ? {} : { engines }),
      ...(serverNames.length === 0 ? {} : { mcp: { serverNames } }),
    },
    ...(statements === undefined ? {} : { statements }),
    file: shown,
  };
}
