// A Python wheel: a zip whose files are installed as they are, and whose RECORD states the hash of each. The wheel is the
// root; packages that it vendors are components, and what it asks for is listed without a version, because whoever
// installs it decides.
//
// Source: packaging.python.org, "Binary distribution format"; PEP 770 (SBOMs inside packages).

import type { Component, Facts, Inventory } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { byCodeUnits } from "../core/order.ts";
import { PackageRefusal, textOf } from "../core/package-reading.ts";
import { pypiPurl } from "../core/purl.ts";
import type { Skipped } from "../core/report.ts";
import { createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { fileNameOf } from "./file.ts";
import { packageOf } from "./package.ts";
import type { PackageArchive } from "./package-archive.ts";
import { fileFacts } from "./package-files.ts";
import { readPythonArchive } from "./python-archive.ts";
import { requiredComponents } from "./python-required.ts";
import { commandsOf } from "./python-entry-points.ts";
import { filesOfArchive, runsAtStart } from "./python-files.ts";
import { readMetadata } from "./python-metadata.ts";
import type { PythonMetadata } from "./python-metadata.ts";
import { parseRecord } from "./python-record.ts";
import { vendoredComponent } from "./python-vendored.ts";
import { checkRecord, firstFive } from "./record-check.ts";
import type { ReadSource } from "./source.ts";

/** @throws UserError `source-malformed`, `source-unsupported`, and for files that cannot be read */
export const readWheel: ReadSource = async (input) => {
  const archive = await readPythonArchive(input, "zip");
  const fileName = fileNameOf(archive.shown);
  const remarks = createRemarks(archive.shown);
  const folder = metadataFolder(archive);
  const metadata = metadataIn(archive, folder);
  const root = rootOf(archive, { metadata, folder, fileName, remarks });
  const subject = componentName(root);
  await compareRecord(archive, folder, { subject, remarks });
  const options = { files: filesOfArchive(archive), remarks };
  const vendored = vendoredFolders(archive, folder).map((path) => vendoredComponent(path, subject, options));
  const required = requiredComponents(metadata, { subject, shown: archive.shown, remarks });
  const components: Component[] = [...vendored, ...required];
  const said = remarks.list();
  const [digest] = archive.digests;
  const inventory: Inventory = {
    path: archive.shown,
    ...(digest === undefined ? {} : { digest }),
    size: archive.size,
    root: { ...root, dependsOn: components.map(({ key }) => key) },
    components,
    completeness: completenessOf(
      said.some(({ rule }) => rule === "inventory-incomplete"),
      required.length > 0,
    ),
    remarks: said,
    skipped: broughtBoms(archive, folder),
  };
  return inventory;
};

function completenessOf(lacks: boolean, open: boolean): Inventory["completeness"] {
  if (lacks) return "incomplete";
  return open ? "unknown" : "complete";
}

/** @throws UserError where there is none, or several */
function metadataFolder({ entries, shown }: PackageArchive): string {
  const folders = new Set(entries.flatMap(({ name }) => /^([^/]+\.dist-info)(?:\/|$)/i.exec(name)?.[1] ?? []));
  const [folder, another] = folders;
  if (folder === undefined)
    throw new UserError("source-malformed", `${shown}: it has no folder of metadata (.dist-info)`);
  if (another !== undefined) {
    throw new UserError("source-malformed", `${shown}: it has several folders of metadata: ${firstFive([...folders])}`);
  }
  return folder;
}

function metadataIn({ contents, shown }: PackageArchive, folder: string): PythonMetadata {
  const bytes = contents.get(`${folder}/METADATA`);
  if (bytes === undefined) throw new UserError("source-malformed", `${shown}: it has no METADATA that can be read`);
  return readMetadata(bytes, `${folder}/METADATA`);
}

interface RootOptions {
  readonly metadata: PythonMetadata;
  readonly folder: string;
  readonly fileName: string;
  readonly remarks: Remarks;
}

function rootOf(archive: PackageArchive, { metadata, folder, fileName, remarks }: RootOptions): Component {
  const { digests, shown, contents } = archive;
  const strict = packageOf("wheel", archive, fileName);
  const [stem = fileName] = fileName.replace(/\.whl$/i, "").split("-");
  const { version, statements, engines, serverNames } = metadata;
  const named = { name: metadata.name ?? stem, ...(version === undefined ? {} : { version }) };
  const subject = componentName(named);
  if ("reason" in strict) remarks.add({ rule: "component-malformed", subject, message: strict.reason, file: shown });
  if (metadata.redacted) {
    const message = "an address in its metadata holds what may be a secret";
    remarks.add({ rule: "secret-removed", subject, message, file: shown });
  }
  const entryPoints = contents.get(`${folder}/entry_points.txt`);
  const commands = [
    ...(entryPoints === undefined ? [] : commandsOf(Buffer.from(entryPoints).toString("utf8"))),
    ...archive.files.flatMap(({ path }) => /^[^/]+\.data\/scripts\/([^/]+)$/.exec(path)?.[1] ?? []),
  ];
  const tags = tagsOf(contents.get(`${folder}/WHEEL`));
  const facts: Facts = {
    // Nothing of a wheel is run by its installation.
    installScripts: [],
    ...(commands.length === 0 ? {} : { commands }),
    ...(tags.length === 0 ? {} : { os: tags }),
    ...(engines.length === 0 ? {} : { engines }),
    ...(serverNames.length === 0 ? {} : { mcp: { serverNames } }),
    ...fileFacts(archive.files, (path) => isRunAtStart(path)),
  };
  return {
    key: "",
    kind: commands.length === 0 ? "library" : "application",
    ...named,
    ...("reason" in strict ? {} : { purl: pypiPurl(strict.package.name, strict.package.version) }),
    digests,
    scope: "runtime",
    origin: { kind: "file", path: fileName },
    facts,
    ...(statements === undefined ? {} : { statements }),
    file: shown,
  };
}

/** Where it will lie at the top of the folder of installed packages: `data` is the top of the whole environment. */
const AT_TOP =
  /^(?:[^/]+\.data\/(?:purelib\/|platlib\/|data\/(?:.*\/)?(?:site|dist)-packages\/))?(?:[^/]+|(?:site|user)customize\/[^/]+)$/;

function isRunAtStart(path: string): boolean {
  return runsAtStart(path) && AT_TOP.test(path);
}

/** `Tag:` lines of WHEEL: `py3-none-any`. */
function tagsOf(bytes: Uint8Array | undefined): readonly string[] {
  const lines = Buffer.from(bytes ?? [])
    .toString("utf8")
    .split(/\r?\n/, 10_000);
  return lines.flatMap((line) => /^Tag:\s*(\S{1,200})\s*$/.exec(line)?.[1] ?? []);
}

async function compareRecord(
  archive: PackageArchive,
  folder: string,
  { subject, remarks }: { readonly subject: string; readonly remarks: Remarks },
): Promise<void> {
  const path = `${folder}/RECORD`;
  const files = filesOfArchive(archive);
  const bytes = archive.contents.get(path);
  const malformed = (message: string): void =>
    remarks.add({ rule: "component-malformed", subject, message, file: files.shown(path) });
  if (bytes === undefined) {
    malformed("it has no RECORD that can be read");
    return;
  }
  try {
    const list = parseRecord(textOf(bytes, "RECORD"));
    const check = await checkRecord(list, { files, base: "", path, subject, remarks });
    if (check.outside > 0)
      malformed(`its RECORD names ${check.outside === 1 ? "1 file" : `${check.outside} files`} outside of it`);
    const free = [path, `${path}.jws`, `${path}.p7s`];
    const unlisted = archive.files
      .map((file) => file.path)
      .filter((one) => !check.listed.has(one) && !free.includes(one));
    if (unlisted.length > 0) {
      malformed(
        `${unlisted.length === 1 ? "1 file is" : `${unlisted.length} files are`} not in its RECORD: ${firstFive(unlisted)}`,
      );
    }
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    malformed(error.message);
  }
}

/** Folders of metadata that are not its own. */
function vendoredFolders({ files }: PackageArchive, own: string): readonly string[] {
  const folders = files.flatMap(({ path }) => /^(.*[^/]\.dist-info)\/METADATA$/.exec(path)?.[1] ?? []);
  return folders.filter((folder) => folder !== own).toSorted(byCodeUnits);
}

/** SBOMs that the package brings about what was built into it (PEP 770). */
function broughtBoms({ files, shown }: PackageArchive, folder: string): readonly Skipped[] {
  return files
    .filter(({ path }) => path.startsWith(`${folder}/sboms/`))
    .map(({ path }) => ({
      path: `${shown}: ${path}`,
      reason: "is an SBOM that the package brings (PEP 770): take it out and name it to read it",
    }));
}
