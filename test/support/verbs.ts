// What a transcript may do besides running boltseal: prepare files and damage them. A fixed table, because
// a shell here would let a transcript depend on the machine.

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { relative, resolve } from "node:path";
import { tool } from "./tools.ts";

/** Where a transcript runs. Verbs reach nothing outside `top`. */
export interface Workplace {
  /** Temporary folder that holds the working directory and the home folder. */
  readonly top: string;
  readonly home: string;
  /** Working directory; `cd` moves it. */
  cwd: string;
}

type Arguments = readonly (string | undefined)[];

/** Verbs that change files. Add one here, and to docs/testing.md. */
const CHANGES: Readonly<Record<string, (place: Workplace, args: Arguments) => unknown>> = {
  /** `write FILE TEXT`: the text and a line feed. */
  write: (place, [file, text]) => fs.writeFileSync(inside(place, file), `${given(text)}\n`),
  /** `append FILE TEXT`: likewise, at the end. */
  append: (place, [file, text]) => fs.appendFileSync(inside(place, file), `${given(text)}\n`),
  /** `flip FILE OFFSET`: changes the lowest bit of one byte; a negative offset counts from the end. */
  flip: (place, [file, offset]) => flip(inside(place, file), Number(given(offset))),
  /** `truncate FILE LENGTH`: keeps the first bytes. */
  truncate: (place, [file, length]) => fs.truncateSync(inside(place, file), Number(given(length))),
  rm: (place, [file]) => fs.rmSync(inside(place, file), { recursive: true }),
  cp: (place, [from, to]) => fs.copyFileSync(inside(place, from), inside(place, to)),
  mv: (place, [from, to]) => fs.renameSync(inside(place, from), inside(place, to)),
  mkdir: (place, [folder]) => fs.mkdirSync(inside(place, folder), { recursive: true }),
  cd: (place, [folder]) => (place.cwd = fs.realpathSync(inside(place, folder))),
  /** `chmod MODE FILE`, octal. Not for taking away permission to read: root reads anyway. */
  chmod: (place, [mode, file]) => fs.chmodSync(inside(place, file), Number.parseInt(given(mode), 8)),
  /** `link TARGET FILE`: a symbolic link. */
  link: (place, [target, file]) => fs.symlinkSync(given(target), inside(place, file)),
  fifo: (place, [file]) => execFileSync(tool("mkfifo").path, [inside(place, file)]),
};

/** Verbs that print, and what. Add one here, and to docs/testing.md. */
const PRINTS: Readonly<Record<string, (place: Workplace, args: Arguments) => string>> = {
  cat: (place, [file]) => fs.readFileSync(inside(place, file), "utf8"),
  /** `ls FOLDER`: the names in it, sorted, a line each. */
  ls: (place, [folder]) => {
    const names = fs.readdirSync(inside(place, folder)).toSorted();
    return names.map((name) => `${name}\n`).join("");
  },
};

/** Runs one verb and returns what it prints. @throws Error when there is no such verb, or it cannot do its work */
export function runVerb(place: Workplace, words: readonly string[]): string {
  const [name = "", ...args] = words;
  if (Object.hasOwn(PRINTS, name)) return PRINTS[name]?.(place, args) ?? "";
  if (!Object.hasOwn(CHANGES, name)) {
    throw new Error(`unknown command ${name}: boltseal, ${Object.keys({ ...CHANGES, ...PRINTS }).join(", ")}`);
  }
  CHANGES[name]?.(place, args);
  return "";
}

function given(argument: string | undefined): string {
  if (argument === undefined) throw new Error("an argument is missing");
  return argument;
}

function inside(place: Workplace, path: string | undefined): string {
  const full = resolve(place.cwd, given(path));
  const below = relative(place.top, full);
  if (below === "" || below.startsWith("..")) throw new Error(`${given(path)} is outside the transcript's folder`);
  return full;
}

function flip(path: string, offset: number): void {
  const bytes = fs.readFileSync(path);
  const at = offset < 0 ? bytes.length + offset : offset;
  const old = bytes[at];
  if (old === undefined) throw new Error(`${path} has no byte ${offset}`);
  bytes[at] = old ^ 1;
  fs.writeFileSync(path, bytes);
}
