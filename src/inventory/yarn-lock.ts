// yarn.lock: two formats of one name. Which one it is, its first lines say.

import { UserError } from "../core/errors.ts";
import { readLockText } from "./lock-file.ts";
import type { ReadSource } from "./source.ts";
import { readYarnBerry } from "./yarn-berry.ts";
import { readYarnClassic } from "./yarn-classic.ts";

export const readYarnLock: ReadSource = async (input) => {
  const lock = readLockText(input);
  const source = input.tree.shown(input.path);
  // Only comments and blank lines stand before the first entry; yarn 2 and later begin with `__metadata`.
  const metadata = /^"?__metadata"?:/m.test(lock.text);
  const classic = /^# yarn lockfile v\d+\s*$/m.test(lock.text);
  if (metadata && classic)
    throw new UserError("source-malformed", `${source}:1: is a lockfile of yarn 1 and of later ones`);
  return metadata ? readYarnBerry(input, lock) : readYarnClassic(input, lock);
};
