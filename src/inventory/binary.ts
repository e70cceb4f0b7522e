// A program or library (ELF, PE, Mach-O) as an inventory: the file itself is the root, with its digests; what Go's linker
// and cargo-auditable wrote into it are the components.
//
// That is what its builder says, and never all: C libraries and copied code leave no trace. So completeness is `unknown`
// at best. The root has no package URL: that of its module names the source, of which many programs are built.

import type { Component, Facts, Inventory, Remark } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { kindOf } from "../io/archive-kind.ts";
import { readAuditable } from "./auditable-packages.ts";
import { createImageBytes } from "./binary-image.ts";
import type { BinaryImage, ImageBytes } from "./binary-image.ts";
import { joinArchitectures, joinParts } from "./binary-parts.ts";
import type { BuiltParts, LabelledParts } from "./binary-parts.ts";
import { createRemarks } from "./component-key.ts";
import { readElf } from "./elf-image.ts";
import { examineWholeFile, fileNameOf } from "./file.ts";
import type { WholeFile } from "./file.ts";
import { findGoBuildInfo } from "./go-build-info.ts";
import { goParts } from "./go-program.ts";
import { readMachO } from "./mach-o-image.ts";
import { fileFacts } from "./package-files.ts";
import { readPe } from "./pe-image.ts";
import type { ReadSource, Tree } from "./source.ts";

/** Sections of one name that are read in one architecture. */
const MAX_SECTIONS = 4;
/** Components of all architectures: what lies behind so many is not read. */
const MAX_COMPONENTS = 100_000;

/** @throws UserError `source-unsupported` for a file of another kind, and for one that cannot be read */
export const readBinary: ReadSource = async ({ tree, path }) => {
  const shown = tree.shown(path);
  return await tree.open(path, async (file) => {
    const { images, problems } = readImages(createImageBytes(file, shown), shown);
    const several = images.length > 1;
    const room = { left: MAX_COMPONENTS };
    const parts = joinArchitectures(
      images.map((image, index) => ({
        label: image.cpu ?? `architecture ${index + 1}`,
        parts: partsOf(image, shown, room),
      })),
      shown,
    );
    const whole = await examineWholeFile(file, shown);
    const own = problems.map((message) => incomplete(shown, several ? `one architecture: ${message}` : message));
    return inventoryOf({ tree, path, whole, images, parts, own });
  });
};

interface Images {
  readonly images: readonly BinaryImage[];
  readonly problems: readonly string[];
}

function readImages(bytes: ImageBytes, shown: string): Images {
  const kind = kindOf(bytes.read(0, 512));
  if (kind === "mach-o") return readMachO(bytes);
  if (kind === "elf") return { images: [readElf(bytes)], problems: [] };
  if (kind === "pe") return { images: [readPe(bytes)], problems: [] };
  const hint = "only ELF, PE and Mach-O files are read as programs; --source file takes any";
  throw new UserError("source-unsupported", `${shown}: is no program`, { hint });
}

function incomplete(subject: string, message: string): Remark {
  return { rule: "inventory-incomplete", subject, message, file: subject };
}

/** How many components may still be made. */
interface Room {
  left: number;
}

/** What the tools wrote into one architecture, with remarks on what cannot be read of it. */
function partsOf(image: BinaryImage, shown: string, room: Room): BuiltParts {
  const problems = new Set(image.problems);
  const found: LabelledParts[] = [];
  const add = (label: string, make: () => BuiltParts | string | undefined): void => {
    const parts = room.left <= 0 ? "it names too many components, and what follows is not read" : make();
    if (typeof parts === "string") {
      problems.add(parts);
    } else if (parts !== undefined) {
      found.push({ label, parts });
      room.left -= parts.components.length;
    }
  };
  add("go", () => {
    const info = findGoBuildInfo(image);
    return typeof info === "object" ? goParts(info, shown) : info;
  });
  if (Math.max(image.goBuildInfo.length, image.auditable.length) > MAX_SECTIONS) {
    problems.add("it has many sections of one name, of which only the first are read");
  }
  for (const section of image.auditable.slice(0, MAX_SECTIONS)) {
    add("rust", () => readAuditable(image, section, shown));
  }
  const parts = joinParts(found);
  return { ...parts, remarks: [...parts.remarks, ...[...problems].map((message) => incomplete(shown, message))] };
}

interface Program {
  readonly tree: Tree;
  readonly path: string;
  readonly whole: WholeFile;
  readonly images: readonly BinaryImage[];
  readonly parts: BuiltParts;
  /** Remarks on the file as a whole. */
  readonly own: readonly Remark[];
}

function inventoryOf(program: Program): Inventory {
  const { tree, path, whole, parts, own } = program;
  const [digest] = whole.digests;
  const bounded = createRemarks(tree.shown(path));
  for (const remark of [...own, ...parts.remarks]) bounded.add(remark);
  const remarks = bounded.list();
  return {
    path: tree.shown(path),
    ...(digest === undefined ? {} : { digest }),
    size: whole.size,
    root: rootOf(program),
    components: parts.components,
    completeness: remarks.some(({ rule }) => rule === "inventory-incomplete") ? "incomplete" : "unknown",
    remarks,
    skipped: [],
  };
}

function rootOf({ tree, path, whole, images, parts }: Program): Component {
  const fileName = fileNameOf(tree.shown(path));
  const isKnown = parts.components.length > 0;
  return {
    key: "",
    kind: isKnown ? "application" : "file",
    name: parts.name ?? fileName,
    ...(parts.version === undefined ? {} : { version: parts.version }),
    digests: whole.digests,
    scope: "runtime",
    origin: { kind: "file", path: fileName },
    ...(isKnown ? { dependsOn: parts.needed } : {}),
    facts: { ...factsOf(tree, path, whole), ...platformOf(images, parts) },
  };
}

function factsOf(tree: Tree, path: string, { digests, size, kind }: WholeFile): Facts {
  const content = { digests, ...(kind === undefined ? {} : { kind }) };
  return fileFacts([{ path: fileNameOf(tree.shown(path)), size, mode: tree.entry(path)?.mode ?? 0, content }]);
}

function platformOf(images: readonly BinaryImage[], { os, command }: BuiltParts): Facts {
  const cpus = [...new Set(images.flatMap(({ cpu }) => cpu ?? []))];
  const systems = [...new Set(os === undefined ? images.flatMap((image) => image.os ?? []) : [os])];
  return {
    ...(command === undefined ? {} : { commands: [command] }),
    ...(systems.length === 0 ? {} : { os: systems }),
    ...(cpus.length === 0 ? {} : { cpu: cpus }),
  };
}
