// Who made an SBOM, and with what: those that are asked for, and those of the SBOMs that it was made from, whose data it
// hands on.

import type { Inventory } from "../core/inventory.ts";
import type { BomOptions } from "./bom-formats.ts";
import type { Contact } from "./contact.ts";

export interface Makers {
  /** Named on the command line. */
  readonly authors: readonly Contact[];
  /** `Name <mail>`, of SBOMs that were read; from outside. */
  readonly readAuthors: readonly string[];
  readonly manufacturer?: Contact;
  readonly supplier?: string;
  /** This program first. */
  readonly tools: readonly Tool[];
}

export interface Tool {
  readonly name: string;
  readonly version?: string;
}

export function makersOf(inventories: readonly Inventory[], options: BomOptions): Makers {
  const read = inventories.flatMap(({ document }) => document ?? []);
  const own = { name: "boltseal", version: options.toolVersion };
  const tools = new Map(
    read
      .flatMap((document) => document.tools)
      .filter(isText)
      .map((text) => [text, toolNamed(text)]),
  );
  // An SBOM of ours that is written again was made with the same tool, whatever its version.
  const others = [...tools.values()].filter(({ name }) => name !== own.name);
  const maker = read.map((document) => document.manufacturer).find(isText);
  const supplier = read.map((document) => document.supplier).find(isText);
  const manufacturer = options.manufacturer ?? (maker === undefined ? undefined : { name: maker });
  return {
    authors: options.authors,
    readAuthors: [...new Set(read.flatMap((document) => document.authors).filter(isText))],
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(supplier === undefined ? {} : { supplier }),
    tools: [own, ...others],
  };
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}

/** `name@version`, or `name-version` as SPDX writes tools; else all of it is the name. */
function toolNamed(text: string): Tool {
  const [, name, version] = /^(.+)@([^@]+)$/.exec(text) ?? /^(.+?)-(\d[^-]*)$/.exec(text) ?? [];
  return name === undefined || version === undefined ? { name: text } : { name, version };
}
