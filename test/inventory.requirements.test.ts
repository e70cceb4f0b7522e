// Requirements files: lines as pip cuts them, includes, options, every form of a requirement; and what pip would do that
// nobody sees.

import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Inventory } from "../src/core/inventory.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { readRequirements } from "../src/inventory/requirements.ts";
import { requirementLines } from "../src/inventory/requirements-lines.ts";
import { splitLine } from "../src/inventory/requirements-options.ts";
import {
  assertSane,
  componentAt,
  digestTexts,
  mangled,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const HASH = `sha256:${"78".repeat(32)}`;
const OTHER = `sha256:${"9a".repeat(32)}`;
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** An inventory of files in a folder of the disk, with links where a text begins with `-> `. */
async function readFolder(files: Readonly<Record<string, string>>, path = "requirements.txt"): Promise<Inventory> {
  const folder = mkdtempSync(join(tmpdir(), "test-only-requirements-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      if (text.startsWith("-> ")) symlinkSync(text.slice(3), join(folder, name));
      else writeFileSync(join(folder, name), text);
    }
    return await readRequirements({ tree: createDiskTree(folder, ""), path });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summary({ components }: Inventory): readonly string[] {
  return components.map(({ key, origin }) => `${key} ${origin.kind}`);
}

test("real files of uv and pip-compile give every line with all its hashes", async () => {
  const rows: readonly (readonly [string, number])[] = [
    ["requirements.txt", 50],
    ["pip-compile-requirements.txt", 46],
  ];
  for (const [file, count] of rows) {
    const inventory = await readFixture("requirements", "requirements-fetch", file);
    assertSane(inventory);
    assert.equal(inventory.components.length, count, file);
    assert.equal(inventory.completeness, "unknown");
    assert.deepEqual(inventory.remarks, []);
    assert.equal(inventory.root.name, "fetch-host");
    assert.equal(inventory.root.dependsOn, undefined);
    assert.ok(inventory.components.every((component) => digestTexts(component).length > 0));
  }
});

test("lines are cut as pip cuts them", () => {
  const rows: readonly (readonly [string, string, readonly (readonly [string, number])[]])[] = [
    [
      "plain lines",
      "a\nb\r\nc\rd",
      [
        ["a", 1],
        ["b", 2],
        ["c", 3],
        ["d", 4],
      ],
    ],
    [
      "comments",
      "# a\nb # c\nd#e\n  # f\n",
      [
        ["b", 2],
        ["d#e", 3],
      ],
    ],
    [
      "continuations",
      "a \\\n  --b \\\n  --c\nd",
      [
        ["a   --b   --c", 1],
        ["d", 4],
      ],
    ],
    [
      "a comment ends a continuation",
      "a \\\n# b \\\nc",
      [
        ["a", 1],
        ["c", 3],
      ],
    ],
    ["a continuation into the comment of a requirement", "a # b \\\nc", [["a", 1]]],
    ["a backslash at the end", "a\\", [["a", 1]]],
    [
      "a backslash and a blank is no continuation",
      "a \\ \nb",
      [
        ["a \\", 1],
        ["b", 2],
      ],
    ],
    ["an address keeps its fragment", "a @ https://x.example/a#egg=a", [["a @ https://x.example/a#egg=a", 1]]],
    [
      "breaks that editors do not show",
      "# a\u2028b\n# c\u0085d\n# e\u001cf\vg\fh",
      [
        ["b", 1],
        ["d", 2],
        ["f", 3],
        ["g", 3],
        ["h", 3],
      ],
    ],
    ["nothing", "", []],
  ];
  for (const [name, text, expected] of rows) {
    assert.deepEqual(
      requirementLines(text).lines.map(({ text: line, line: at }) => [line, at]),
      expected,
      name,
    );
  }
});

test("what stands behind a hidden break is installed, listed and told", async () => {
  const inventory = await readTexts("requirements", `a==1.0 --hash=${HASH} # fine\u2028evil==6.6.6\n`);
  assertSane(inventory);
  assert.deepEqual(summary(inventory), ["a@1.0 registry", "evil@6.6.6 registry"]);
  assert.deepEqual(rulesOf(inventory), ["component-malformed"]);
  assert.deepEqual(rulesOf(await readTexts("requirements", "a==1.0 # fine\u2028# also fine\n")), []);
});

test("options are read as pip's parser reads them", () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ["a value behind a blank", "--requirement a.txt", "requirement=a.txt"],
    ["a value behind a sign", "--requirement=a.txt", "requirement=a.txt"],
    ["a short name", "-r a.txt", "requirement=a.txt"],
    ["a short name with its value glued on", "-ra.txt", "requirement=a.txt"],
    ["a shortened name", "--requirem a.txt", "requirement=a.txt"],
    ["a shortened name and a sign", "--has=x --edit=y", "hash=x editable=y"],
    ["several", "--pre --no-index -c c.txt", "pre= no-index= constraint=c.txt"],
    ["quotes", `--hash="x" -r 'a b'"c" d\\ e`, "hash=x requirement=a bc"],
    ["a value that looks like an option", "-e --pre", "editable=--pre"],
  ];
  for (const [name, text, expected] of rows) {
    const { options, trouble } = splitLine(text);
    assert.equal(options.map(({ name: option, value }) => `${option}=${value}`).join(" "), expected, name);
    assert.equal(trouble, undefined, name);
  }
  for (const text of ["--require x", "--nope", "a -x", "--hash='x"])
    assert.notEqual(splitLine(text).trouble, undefined, text);
  assert.deepEqual(splitLine("a >= 1 --hash=x").requirement, "a >= 1");
});

test("every form of a requirement", async () => {
  const rows: readonly (readonly [string, string])[] = [
    ["a==1.0", "a@1.0 registry"],
    ["A.B_c == 1.0", "A.B_c@1.0 registry"],
    ["a===1.0-odd", "a@1.0-odd registry"],
    ["a[x,Y]==1.0,>=0.9 ; python_version < '3'", "a@1.0 registry"],
    ["a (==1.0)", "a@1.0 registry"],
    [`a @ https://u.example/a-2.0-py3-none-any.whl#sha256=${HASH.slice(7)} ; x == '1'`, "a@2.0 url"],
    ["https://u.example/a_b-2.0-py3-none-any.whl", "a_b@2.0 url"],
    ["https://u.example/a-2.0%2Blocal.tar.gz", "a@2.0+local url"],
    ["https://u.example/archive/main.zip#egg=a", "a url"],
    ["a @ file:///home/somebody/a-1.0.tar.gz", "a@1.0 file"],
    [`git+https://git.example/o/r.git@${COMMIT}#egg=a&subdirectory=sub`, "a git"],
    [`-e git+ssh://git@git.example/o/r.git@${COMMIT}#egg=a[x]`, "a git"],
    ["git+https://git.example/o/repo.git@main", "repo git"],
    ["a @ git+https://git.example/o/r@v1.0", "a git"],
    ["hg+https://hg.example/o/r@tip#egg=a", "a unknown"],
    ["./wheels/a-1.0-py3-none-any.whl", "a@1.0 file"],
    ["a-1.0.tar.gz", "a@1.0 file"],
    ["-e ./lib[x]", "lib directory"],
    ["../outside", "outside directory"],
    ["C:\\somebody\\lib", "lib directory"],
  ];
  for (const [line, expected] of rows) {
    const inventory = await readTexts("requirements", `${line}\n`);
    assertSane(inventory);
    assert.deepEqual(summary(inventory), [expected], line);
    assert.deepEqual(inventory.remarks, [], line);
    assert.doesNotMatch(JSON.stringify(inventory), /somebody/);
  }
});

test("git commits, references, extras and folders inside repositories", async () => {
  const text = `git+https://git.example/o/r.git@${COMMIT}#egg=a&subdirectory=sub\ngit+ssh://git@git.example/o/r@main#egg=b\n`;
  const inventory = await readTexts("requirements", text);
  const pinned = componentAt(inventory, "a");
  assert.deepEqual(pinned.origin, {
    kind: "git",
    url: "https://git.example/o/r.git",
    host: "git.example",
    commit: COMMIT,
  });
  assert.equal(pinned.purl, `pkg:pypi/a?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fo%2Fr.git%40${COMMIT}%23sub`);
  assert.deepEqual(componentAt(inventory, "b").origin, {
    kind: "git",
    url: "ssh://git.example/o/r",
    host: "git.example",
    reference: "main",
  });
});

test("several hashes are several files; one hash of one archive is its own", async () => {
  const inventory = await readTexts(
    "requirements",
    `a==1.0 --hash=${HASH} --hash=${OTHER}\nb @ https://u.example/b-1.0.zip --hash=${HASH}\nc==1.0 --hash=${HASH.toUpperCase().replace("SHA256", "sha256")}\n`,
  );
  assertSane(inventory);
  assert.equal(componentAt(inventory, "a@1.0").distributions?.length, 2);
  assert.deepEqual(componentAt(inventory, "b@1.0").digests.length, 1);
  assert.deepEqual(digestTexts(componentAt(inventory, "c@1.0")), [HASH]);
});

test("what is not pinned has no version, and is counted", async () => {
  const inventory = await readTexts("requirements", "a\nb>=1.0\nc==1.*\nd==1.0\ne @ https://u.example/e-1.0.zip\n");
  assertSane(inventory);
  assert.equal(inventory.completeness, "unknown");
  assert.deepEqual(summary(inventory), ["a registry", "b registry", "c registry", "d@1.0 registry", "e@1.0 url"]);
  assert.deepEqual(
    inventory.remarks.map(({ rule, message }) => [rule, message]),
    [["inventory-incomplete", "3 of 5 are not pinned by == or an address: a, b, c"]],
  );
  assert.equal(componentAt(inventory, "b").facts.requested, ">=1.0");
});

test("files are included as far as they lie in the folder, each once", async () => {
  const inventory = await readFolder({
    "requirements.txt": `-r sub/more.txt\n-c limits.txt\nopen\nfixed==2.0 --hash=${HASH}\n--requirement=requirements.txt\n`,
    "sub/more.txt": "-r ../requirements.txt\nmore==1.0\n-r even-more.txt\n-e ..\n-e ../lib\n",
    "sub/even-more.txt": "deep==1.0\n-r more.txt\n",
    "limits.txt": `open==3.0 --hash=${OTHER}\nfixed<3\nnobody==1.0\n`,
    "pyproject.toml": '[project]\nname = "host"\nversion = "1.0"\n',
    "lib/pyproject.toml": '[project]\nname = "the-library"\nversion = "4.0"\n',
  });
  assertSane(inventory);
  assert.deepEqual(summary(inventory), [
    "more@1.0 registry",
    "deep@1.0 registry",
    "the-library@4.0 directory",
    "open@3.0 registry",
    "fixed@2.0 registry",
  ]);
  assert.deepEqual(digestTexts(componentAt(inventory, "open@3.0")), [OTHER]);
  assert.deepEqual(inventory.remarks, []);
  assert.equal(componentAt(inventory, "deep@1.0").file, join("sub", "even-more.txt"));
  assert.equal(componentAt(inventory, "deep@1.0").line, 1);
});

test("what pip would include and we do not read makes the inventory incomplete", async () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["a file that is missing", { "requirements.txt": "-r gone.txt\n" }],
    ["a file outside", { "requirements.txt": "-r ../gone.txt\n" }],
    ["an absolute path", { "requirements.txt": "-r /etc/hostname\n" }],
    ["an address", { "requirements.txt": "-r https://u.example/r.txt\n" }],
    ["a variable", { "requirements.txt": "-r ${WHERE}/r.txt\n" }],
    ["a link", { "requirements.txt": "-r link.txt\n", "link.txt": "-> /etc/hostname" }],
    ["a folder", { "requirements.txt": "-r sub\n", "sub/a.txt": "a==1\n" }],
    ["a shortened option", { "requirements.txt": "--requirem gone.txt\n" }],
    ["constraints that are missing", { "requirements.txt": "-c gone.txt\n" }],
  ];
  for (const [name, files] of rows) {
    const inventory = await readFolder({ ...files, "requirements.txt": `a==1.0\n${files["requirements.txt"] ?? ""}` });
    assertSane(inventory);
    assert.equal(inventory.completeness, "incomplete", name);
    assert.deepEqual(rulesOf(inventory), ["inventory-incomplete"], name);
  }
  const many = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`r${index}.txt`, `-r r${index + 1}.txt\np${index}==1\n`]),
  );
  const inventory = await readFolder({ ...many, "requirements.txt": "-r r0.txt\n" });
  assert.equal(inventory.completeness, "incomplete");
  assert.equal(inventory.components.length, 99);
});

test("secrets of addresses and indexes are never kept, and placeholders are none", async () => {
  const inventory = await readTexts(
    "requirements",
    [
      "--index-url https://me:s3cret@i.example/simple",
      "--extra-index-url https://${USER}:${TOKEN}@j.example/simple",
      "a @ https://me:s3cret@u.example/a-1.0.zip",
      "b @ https://u.example/b-1.0.zip?sig=s3cret",
      "git+https://${TOKEN}@git.example/o/c.git@main#egg=c",
      "${WHAT}==1.0",
      "d @ https://u.example/ s3cret",
      "-e git+https://s3cret@git.example/o/e@main",
      "<<< s3cret",
    ].join("\n"),
  );
  assertSane(inventory);
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret/);
  assert.deepEqual(
    inventory.remarks.filter(({ rule }) => rule === "secret-removed").map(({ line }) => line),
    [1, 3, 4, 8],
  );
  assert.deepEqual(
    inventory.remarks.filter(({ rule }) => rule === "inventory-incomplete").map(({ line }) => line),
    [5, 6],
  );
});

test("one index names the host of all; of several nobody can tell", async () => {
  const one = await readTexts("requirements", "-i https://i.example/simple\na==1.0\n");
  assert.deepEqual(one.components[0]?.origin, { kind: "registry", url: "https://i.example/simple", host: "i.example" });
  const two = await readTexts(
    "requirements",
    "-i https://i.example/simple\n--extra-index-url https://j.example/s\na==1.0\n",
  );
  assert.deepEqual(two.components[0]?.origin, { kind: "registry" });
});

test("what is wrong with a line is remarked, and the line is listed", async () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ["an unknown option", "a==1.0 --nope", ["component-malformed"]],
    ["an unclosed quote", `a==1.0 --hash="${HASH}`, ["component-malformed"]],
    ["a conflict of merges", "<<<<<<< HEAD", ["component-malformed"]],
    ["versions that are none", "a=>1.0", ["component-malformed"]],
    ["a version that is none", "a==one", ["component-malformed"]],
    ["an extra that is none", "a[x y]==1.0", ["component-malformed"]],
    ["a hash that is none", "a==1.0 --hash=sha256:12", ["integrity-malformed"]],
    ["a hash in base64", "a==1.0 --hash=sha256:YWJj", ["integrity-malformed"]],
    ["an algorithm that is none", "a==1.0 --hash=crc32:00000000", ["integrity-malformed"]],
    ["a control character", "a\u0007==1.0", ["component-malformed"]],
  ];
  for (const [name, line, rules] of rows) {
    const inventory = await readTexts("requirements", `${line}\n`);
    assertSane(inventory);
    assert.equal(inventory.components.length, 1, name);
    const found = rulesOf(inventory).filter((rule) => rule !== "inventory-incomplete");
    assert.deepEqual(found, rules, name);
  }
});

test("encodings: a byte order mark, UTF-16 of PowerShell, and declarations", async () => {
  for (const bytes of [
    Buffer.from("\u{feff}a==1.0\n"),
    Buffer.from("\u{feff}a==1.0\r\n", "utf16le"),
    "# -*- coding: utf-8 -*-\na==1.0",
  ]) {
    assert.deepEqual(summary(await readTexts("requirements", bytes)), ["a@1.0 registry"]);
  }
  await assert.rejects(readTexts("requirements", "# coding: utf-7\na==1.0"), { code: "source-unsupported" });
  await assert.rejects(readTexts("requirements", Uint8Array.of(0x61, 0xff)), { code: "source-malformed" });
});

test("mangled and made-up files are read", async () => {
  const text = `-i https://i.example/simple\na[x]==1.0 \\\n  --hash=${HASH} \\\n  --hash=${OTHER} # via b\nb @ git+https://git.example/o/r@${COMMIT}#egg=b ; x == '1'\n-e ./lib\n`;
  for (const other of mangled(text)) assert.equal(await survive("requirements", other), "read");
  const piece = fc.constantFrom(
    ..."a == 1.0 -e -r --hash= sha256: @ https:// git+ # \\ \n ; [ ] ' \" ${A} ../ x.whl \u2028".split(" "),
    " ",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), async (pieces) => {
      assert.equal(await survive("requirements", pieces.join("")), "read");
    }),
    { numRuns: 150 },
  );
});

test("lines that are made to be slow are read in linear steps", async () => {
  const lines = [
    "./" + "[".repeat(200_000),
    "./" + "/".repeat(200_000) + "x",
    `a${"\\".repeat(200_000)}b\\`,
    `a==1${",==1".repeat(50_000)}`,
  ];
  const inventory = await readTexts("requirements", lines.join("\n"));
  assertSane(inventory);
  // The third line goes on in the fourth.
  assert.equal(inventory.components.length, 3);
});

test("a wheel that is called like another package is told, and no marker holds a secret", async () => {
  const lines = [
    "good @ https://h.example/good-1.0-py3-none-any.whl",
    "hidden @ https://h.example/evil-1.0-py3-none-any.whl",
    'marked==1.0 ; sys_platform == "https://me:s3cret@h.example/?token=s3cret"',
  ];
  const inventory = await readTexts("requirements", lines.join("\n"));
  assert.deepEqual(
    inventory.remarks.map(({ rule, subject, actual }) => [rule, subject, actual]),
    [["component-malformed", "hidden@1.0", "evil"]],
  );
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret/);
});
