// docs/architecture.md: its picture of the folders shows the imports that there are, and no others.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blocksOf } from "./support/pages.ts";
import { ROOT } from "./support/project.ts";

const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");

/** Parts of verify's job: what reads files and folders for it, and what downloads. */
const JOB_PARTS = /^verify\/(?:setting|operands|reading|inspection|locking|obtain|download)\.ts$/;

/** How the picture calls a file of src/: by its folder, and the jobs of commands with their parts by themselves. */
function nodeOf(path: string): string {
  const [folder = "", file = ""] = path.split("/");
  if (file !== "job.ts" && !JOB_PARTS.test(path)) return folder;
  return folder === "verify" ? "job" : `${folder}-job`;
}

/** Every import of src/ from one node of the picture to another, types included. */
function importedEdges(): readonly string[] {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
  const edges = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, "src", file), "utf8");
    const targets = [...text.matchAll(/(?:from |import\()"(\.[^"]+)"/g)].map((match) =>
      join(dirname(file), match[1] ?? ""),
    );
    return targets.map((target) => `${nodeOf(file)} --> ${nodeOf(target)}`);
  });
  return [...new Set(edges)].filter((edge) => !/^(\S+) --> \1$/.test(edge)).toSorted();
}

/** Every arrow of the picture. */
function shownEdges(): readonly string[] {
  const [picture] = blocksOf(page).filter((block) => block.text.startsWith("flowchart "));
  const arrows = [...(picture?.text ?? "").matchAll(/^ *(\S+) -->(?:\|[^|]*\|)? (\S+)$/gm)];
  return arrows.map(([, from = "", to = ""]) => `${from} --> ${to}`).toSorted();
}

test("the picture of the folders shows the imports that there are", () => {
  const edges = importedEdges();
  assert.ok(edges.length > 10, "no import was found");
  assert.deepEqual(shownEdges(), edges);
});
