// The Pipfile beside a Pipfile.lock: what the project asks for itself, which the lockfile does not tell from the rest.

import { UserError } from "../core/errors.ts";
import { isJsonObject, member, objectMember } from "../core/json-value.ts";
import type { Ledger } from "./python-ledger.ts";
import { beside, readOptional } from "./python-text.ts";
import type { SourceInput } from "./source.ts";
import { parseToml } from "./toml.ts";

interface PipfileWish {
  /** As the lockfile calls it: `default`, `develop`, or a name of its own. */
  readonly category: string;
  readonly name: string;
  /** It has a marker, or is a folder that the lockfile may call otherwise. */
  readonly mayBeAbsent: boolean;
}

const OTHER_TABLES = new Set(["source", "requires", "scripts", "pipenv", "global"]);

/** Undefined where there is no Pipfile, or none that can be read, which is remarked. */
export function readPipfile({ tree, path }: SourceInput, ledger: Ledger): readonly PipfileWish[] | undefined {
  const place = beside(path, "Pipfile");
  if (tree.entry(place)?.type !== "file") return undefined;
  try {
    const { value } = parseToml(readOptional(tree, place) ?? "", tree.shown(place));
    return Object.keys(value).flatMap((table) => {
      if (OTHER_TABLES.has(table)) return [];
      const category = table === "packages" ? "default" : table === "dev-packages" ? "develop" : table;
      return Object.entries(objectMember(value, table) ?? {}).map(([name, wish]) => {
        const mayBeAbsent =
          isJsonObject(wish) &&
          ["markers", "path", "file", "sys_platform"].some((key) => member(wish, key) !== undefined);
        return { category, name, mayBeAbsent };
      });
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ledger.remark("inventory-incomplete", ledger.shown, `its manifest is not read: ${error.message}`);
    return undefined;
  }
}
