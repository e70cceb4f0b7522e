// The documentation as data: its pages, and in each the fenced blocks, links, headings and code spans.
//
//   marker  = "<!-- fixture: " ( folder below fixtures/ / "none" ) *( " + " name ) " -->"
//                                             the console block below runs in a copy, with these files of the page
//           / "<!-- file: " name " -->"       the block below is that file
//
// A marker stands on a line of its own, directly above its block or with blank lines between.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.ts";

export interface Page {
  /** Below the project's root. */
  readonly path: string;
  readonly text: string;
}

/** README.md and every page of docs/. */
export function pages(): readonly Page[] {
  const names = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" });
  const docs = names.filter((name) => name.endsWith(".md")).toSorted();
  return ["README.md", ...docs.map((name) => `docs/${name}`)].map((path) => ({
    path,
    text: readFileSync(join(ROOT, path), "utf8"),
  }));
}

export interface Block {
  /** Word behind the fence; empty for none. */
  readonly language: string;
  /** Ends in a line feed. */
  readonly text: string;
  /** 1-based line of the opening fence. */
  readonly line: number;
  readonly marker?: { readonly kind: "fixture" | "file"; readonly value: string };
}

const MARKER = /^<!-- (fixture|file): (\S.*\S) -->$/;
const FENCE = /^(`{3,})([a-z]*)$/;

/** @throws Error for a fence without end, and for a marker without block */
export function blocksOf(text: string): readonly Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let marker: Block["marker"];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const [, fence, language = ""] = FENCE.exec(line) ?? [];
    if (fence !== undefined) {
      const end = lines.indexOf(fence, at + 1);
      if (end === -1) throw new Error(`line ${at + 1}: the block has no end`);
      const body = lines.slice(at + 1, end).map((each) => `${each}\n`);
      blocks.push({ language, text: body.join(""), line: at + 1, ...(marker === undefined ? {} : { marker }) });
      marker = undefined;
      at = end;
    } else if (line !== "") {
      if (marker !== undefined) throw new Error(`line ${at + 1}: a marker stands above something else than a block`);
      const [, kind, value] = MARKER.exec(line) ?? [];
      if (line.startsWith("<!--") && kind === undefined) throw new Error(`line ${at + 1}: unknown marker: ${line}`);
      if (value !== undefined) marker = { kind: kind === "file" ? "file" : "fixture", value };
    }
  }
  if (marker !== undefined) throw new Error("the last marker has no block");
  return blocks;
}

/** The page without its blocks: what is left is prose. Lines keep their numbers. */
export function proseOf(text: string): string {
  const lines = text.split("\n");
  for (const block of blocksOf(text)) {
    const count = block.text.split("\n").length + 1;
    lines.fill("", block.line - 1, block.line - 1 + count);
  }
  return lines.join("\n");
}

/** Targets of all links and images of a page. */
export function linksOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1] ?? "");
}

/** Text of all code spans. */
export function codeSpansOf(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map((match) => (match[1] ?? "").replaceAll("\n", " "));
}

/** Anchors of all headings, as GitHub makes them: lower case, no punctuation, dashes for spaces, numbers for repetitions. */
export function anchorsOf(text: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** The cells of every row of the table below a heading, headers left out, code marks kept. */
export function tableBelow(text: string, heading: string): readonly (readonly string[])[] {
  const section = text.split(/^#{1,6} /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
