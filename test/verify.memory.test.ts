// Hostile files of the largest size that is read, through the built program: each ends with a rule or a reason, never
// in success or a crash, and in less than 300 MB. A few of many: `node build/test/hostile.js` runs all of them.

import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { HOSTILE } from "./support/hostile-inputs.ts";
import { measure } from "./support/hostile-run.ts";

const FAST = [
  "199 MB under an unhashed minisign signature",
  "a bundle whose manifest claims 5 GB in zip64",
  "a bundle whose manifest inflates to 5 GB, and claims 1 kB",
  "a bundle signed by DER nested 100,000 deep",
  "a package of one file of 5 GB",
  "--signature [[[[",
  "--bundle {[[[[ that says it is a bundle",
  "--bundle a bundle with an array of objects",
  "--bundle 100,000 bundles, a line each",
  "--signature base64",
  "--signature DER nested 100,000 deep, in PEM",
  "--checksums 8 MB of a signed text, of long lines",
  "--checksums a list of 16 MB, of long lines",
  "--key allowed signers, 16 MB",
  "--key a key among short lines",
  "--key a key and one long line of quotes",
  "--ca-file a certificate with many blanks",
  "found beside two files, wherever that is looked for: a text that OpenPGP signed, of short lines",
];

test("hostile files end with a rule, in little memory", { concurrency: availableParallelism() }, async (t) => {
  const each = FAST.map((name) =>
    t.test(name, async () => {
      const hostile = HOSTILE.find((one) => one.name === name);
      assert.ok(hostile !== undefined, "there is no such file");
      const folder = mkdtempSync(join(tmpdir(), "boltseal-hostile-"));
      try {
        const { problem } = await measure(folder, hostile.make(folder));
        assert.equal(problem, undefined);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  );
  await Promise.all(each);
});

test("the names of hostile files are told apart", () => {
  const names = HOSTILE.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});
