// A requirements file with all that it includes (`-r`, `-c`), as far as that lies in the tree. pip follows more: other
// folders and the network; what it would read and we do not is remarked.

import type { Tree } from "./source.ts";
import type { Ledger } from "./python-ledger.ts";
import { MAX_TEXT, beside } from "./python-text.ts";
import { decodeRequirements, requirementLines } from "./requirements-lines.ts";
import { splitLine } from "./requirements-options.ts";
import type { OptionUse } from "./requirements-options.ts";

/** One line that installs something, or limits what is installed. */
export interface AskingLine {
  readonly text: string;
  readonly isEditable: boolean;
  /** From a file that was named by `-c`: nothing is installed because of it. */
  readonly isConstraint: boolean;
  readonly options: readonly OptionUse[];
  readonly trouble?: string;
  /** Path in the tree, and how messages call it. */
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

/** An option that holds for all of the installation. */
export interface GlobalOption extends OptionUse {
  readonly file: string;
  readonly line: number;
}

export interface RequirementsFiles {
  readonly lines: readonly AskingLine[];
  readonly options: readonly GlobalOption[];
}

const MAX_FILES = 100;

/** What is read so far, and what may still be. */
interface Reading {
  readonly tree: Tree;
  readonly ledger: Ledger;
  readonly lines: AskingLine[];
  readonly options: GlobalOption[];
  /** Files by how they were named (`-r` or `-c`) and their path: each is read once, so that no cycle is walked. */
  readonly seen: Set<string>;
  /** Bytes. */
  budget: number;
}

/** @param text of the first file */
export function readRequirementsFiles(tree: Tree, path: string, text: string, ledger: Ledger): RequirementsFiles {
  const reading: Reading = { tree, ledger, lines: [], options: [], seen: new Set([`r:${path}`]), budget: MAX_TEXT };
  readLines(reading, path, text, false);
  return reading;
}

function readLines(reading: Reading, path: string, body: string, isConstraint: boolean): void {
  const { ledger } = reading;
  const file = reading.tree.shown(path);
  const { lines, hiddenBreak } = requirementLines(body);
  if (hiddenBreak !== undefined) {
    const message = "behind a line break that editors do not show stands more";
    ledger.remark("component-malformed", file, message, { file, line: hiddenBreak });
  }
  for (const { text, line } of lines) {
    const { requirement, options, trouble } = splitLine(text);
    const editable = options.find(({ name }) => name === "editable");
    const wanted = requirement === "" ? editable?.value : requirement;
    if (wanted !== undefined) {
      const isEditable = requirement === "";
      const troubled = trouble === undefined ? {} : { trouble };
      reading.lines.push({ text: wanted, isEditable, isConstraint, options, ...troubled, path, file, line });
      continue;
    }
    if (trouble !== undefined) ledger.remark("component-malformed", file, trouble, { file, line });
    // pip takes the first `-r` of a line, and its `-c` only where there is none.
    const included =
      options.find(({ name }) => name === "requirement") ?? options.find(({ name }) => name === "constraint");
    const refused = included === undefined ? undefined : include(reading, path, included);
    if (refused !== undefined) ledger.remark("inventory-incomplete", file, refused, { file, line });
    for (const option of options) reading.options.push({ ...option, file, line });
  }
}

/** Reads an included file. Answers why not, as a clause, where something is left out. */
function include(reading: Reading, from: string, { name, value }: OptionUse): string | undefined {
  const { tree, seen } = reading;
  if (/^[a-z][a-z0-9+.-]+:/i.test(value)) return "includes a file by its address, which is not read";
  if (/\$\{[A-Z0-9_]+\}/.test(value)) return "includes a file whose name depends on an environment variable";
  const path = pathBelow(beside(from, ""), value);
  if (path === undefined) return "includes a file outside of the folder, which is not read";
  const isConstraint = name === "constraint";
  const key = `${isConstraint ? "c" : "r"}:${path}`;
  if (seen.has(key)) return undefined;
  if (seen.size >= MAX_FILES) return `includes more than ${MAX_FILES} files`;
  seen.add(key);
  const entry = tree.entry(path);
  if (entry?.type !== "file") return `includes ${path}, which is no file here`;
  reading.budget -= entry.size;
  if (reading.budget < 0) return "includes files that are too large together";
  const bytes = tree.read(path, MAX_TEXT);
  if (bytes !== undefined) readLines(reading, path, decodeRequirements(bytes, tree.shown(path)), isConstraint);
  return undefined;
}

/** A path from a folder of the tree to another place in it; undefined for one that leads outside. */
export function pathBelow(folder: string, path: string): string | undefined {
  if (/^(?:[/\\~]|[A-Za-z]:)|[\0]/.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of `${folder}/${path.replaceAll("\\", "/")}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
