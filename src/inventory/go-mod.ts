// go.mod and go.sum as an inventory: the modules that a Go project is built from, and what pins them. Either file may be
// named, both are read.
//
// Neither says which module needs which other, so that only the root has edges, and completeness is never more than
// `unknown`. Modules that only go.sum knows, with the hash of a zip, were fetched once: for tests of dependencies, or as
// versions that are no longer used. They are listed as optional; where go.mod is older than Go 1.17, and so leaves out
// what others ask for, the highest version of each counts as built.

import { createHash } from "node:crypto";
import type { Component, Inventory } from "../core/inventory.ts";
import { goPurl } from "../core/purl.ts";
import { UserError } from "../core/errors.ts";
import { createKeys, createRemarks } from "./component-key.ts";
import { requiredComponents, summedComponents, unusedReplacements } from "./go-components.ts";
import type { GoFiles } from "./go-components.ts";
import { readGoDirectives } from "./go-directives.ts";
import type { GoDirectives } from "./go-directives.ts";
import { goModuleProblem } from "./go-module.ts";
import { parseGoSyntax } from "./go-mod-syntax.ts";
import { parseGoSum } from "./go-sum.ts";
import { readOptional } from "./python-text.ts";
import type { ReadSource, Tree } from "./source.ts";

export const readGoMod: ReadSource = async ({ tree, path }) => {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  // `go build -modfile other.mod` keeps its hashes in other.sum.
  const mod = path.replace(/\.sum$/, ".mod");
  const sum = mod.endsWith(".mod") ? mod.replace(/\.mod$/, ".sum") : `${mod}.sum`;
  const [shownMod, shownSum] = [tree.shown(mod), tree.shown(sum)];
  const modText = readOptional(tree, mod);
  const sumText = readOptional(tree, sum);
  const text = path === mod ? modText : sumText;
  if (text === undefined) {
    throw new UserError("input-missing", `${tree.shown(path)}: no such file`);
  }
  const remarks = createRemarks(tree.shown(path));
  const files: GoFiles = {
    directives:
      modText === undefined ? undefined : readGoDirectives(parseGoSyntax(modText, shownMod), shownMod, remarks),
    sums: sumText === undefined ? undefined : parseGoSum(sumText, shownSum, remarks),
    shownMod,
    shownSum,
    remarks,
  };
  remarkElsewhere(tree, folder, files);
  return {
    ...inventoryOf(files, tree.shown(path), path.slice(folder.length)),
    digest: { algorithm: "sha256", hex: createHash("sha256").update(text).digest("hex"), from: "computed" },
    size: Buffer.byteLength(text),
  };
};

/** Files beside go.mod that decide what is built, and are not read here. */
function remarkElsewhere(tree: Tree, folder: string, { remarks, shownMod }: GoFiles): void {
  const add = (message: string): void =>
    remarks.add({ rule: "inventory-incomplete", level: "warn", subject: shownMod, message });
  if (tree.entry(`${folder}vendor/modules.txt`) !== undefined) {
    add("go builds from the copies in vendor/, which go.sum does not check");
  }
  if (tree.entry(`${folder}go.work`) !== undefined) add("go.work beside it may put other modules in their place");
}

function inventoryOf(files: GoFiles, path: string, name: string): Inventory {
  const { directives, remarks, shownMod } = files;
  const keyOf = createKeys();
  const used = new Set<string>();
  const required = directives === undefined ? [] : requiredComponents(files, directives, keyOf, used);
  const components = [
    ...required.map(({ component }) => component),
    ...(directives === undefined ? [] : unusedReplacements(files, directives, keyOf, used)),
    ...summedComponents(files, keyOf, used),
  ];
  const direct = required.filter(({ requirement }) => !requirement.indirect).map(({ component }) => component.key);
  if (directives !== undefined && directives.module === undefined) {
    const message = "it has no module statement";
    remarks.add({ rule: "component-malformed", subject: shownMod, message, file: shownMod });
  }
  const problems = remarks.list();
  return {
    path,
    root: rootOf(directives, name, direct, shownMod),
    components,
    completeness: problems.some(({ rule }) => rule === "inventory-incomplete") ? "incomplete" : "unknown",
    remarks: problems,
    skipped: [],
  };
}

function rootOf(
  directives: GoDirectives | undefined,
  name: string,
  direct: readonly string[],
  shownMod: string,
): Component {
  const { module, goVersion, toolchain } = directives ?? {};
  const engines = [
    ...(goVersion === undefined ? [] : [`go >=${goVersion}`]),
    ...(toolchain === undefined ? [] : [`toolchain ${toolchain}`]),
  ];
  return {
    key: "",
    kind: "application",
    name: module ?? name,
    ...(module === undefined || goModuleProblem(module, undefined) !== undefined ? {} : { purl: goPurl(module) }),
    digests: [],
    undigested: "a folder of the project",
    scope: "runtime",
    origin: { kind: "workspace" },
    ...(directives === undefined ? {} : { dependsOn: direct, file: shownMod }),
    facts: engines.length === 0 ? {} : { engines },
  };
}
