// What somebody may put before the program to make it eat memory or time. Used by a test (a few of them) and by
// test/hostile.ts (all, with their numbers).

import { ARCHIVES, SEVERAL, SIGNED_BYTES } from "./hostile-archives.ts";
import type { Hostile } from "./hostile-bytes.ts";
import { FOUND } from "./hostile-found.ts";
import { FLAGS, KEYS, NAMED, TEXTS, evidence, keys } from "./hostile-texts.ts";

export const HOSTILE: readonly Hostile[] = [
  ...SIGNED_BYTES,
  ...ARCHIVES,
  ...SEVERAL,
  ...FOUND,
  ...NAMED,
  ...FLAGS.flatMap((flag) => TEXTS.map(([name, content]) => evidence(name, content, flag))),
  ...KEYS.flatMap(([name, content]) =>
    ["--key", "--ca-file", "--trusted-root"].map((flag) => keys(name, content, flag)),
  ),
];
