// YAML of lockfiles and SBOMs from outside, read strictly. One place, because the language has anchors that grow to
// gigabytes, tags that make objects, merge keys, and keys given twice of which each program takes another one.
// Files as package managers write them are read by yaml-regular.ts; all others by yaml-whole.ts, which is loaded for them.

import { UserError } from "../core/errors.ts";
import type { YamlNode } from "./yaml-node.ts";
import { readRegularYaml } from "./yaml-regular.ts";

interface YamlOptions {
  /** Name of the file for messages. */
  readonly source: string;
}

/** Lines, and indicators that may begin a value inside a line: each takes up to two kilobytes in memory while it is read. */
const MAX_PARTS = 300_000;
/** UTF-16 units. The largest lockfiles that are known have eight million. */
const MAX_TEXT = 32 * 1024 * 1024;

/**
 * The documents of a YAML stream; none for a stream of comments. Refused: duplicate keys, keys that are no texts,
 * anchors, aliases, tags, merge keys, directives, lone carriage returns, depth over 100, more than 300,000 lines and parts of lines.
 * A leading byte order mark is allowed.
 * @throws UserError `source-malformed` with source and line, `input-too-large`
 */
export async function parseYaml(text: string, options: YamlOptions): Promise<readonly YamlNode[]> {
  const body = text.startsWith("\u{feff}") ? text.slice(1) : text;
  const fail = (what: string, line: number): never => {
    throw new UserError("source-malformed", `${options.source}:${line}: ${what}`);
  };
  refuseCostlyText(body, options.source, fail);
  return readRegularYaml(body) ?? (await import("./yaml-whole.ts")).readWholeYaml(body, fail);
}

type Fail = (what: string, line: number) => never;

/** Counts what will become objects, and nesting that would fill the stack, before anything is made of the text. */
function refuseCostlyText(text: string, source: string, fail: Fail): void {
  if (text.length > MAX_TEXT)
    throw new UserError("input-too-large", `${source}: is longer than ${MAX_TEXT} characters`);
  let [line, parts, opened, indicators] = [1, 1, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a) {
      line += 1;
      parts += 1;
      indicators = 0;
    } else if (unit === 0x0d && text.charCodeAt(at + 1) !== 0x0a) {
      // Ends a line, and so a comment, for the package managers' parser (js-yaml), and none for the one used here.
      fail("a carriage return without a line feed", line);
    } else if (unit === 0x2c) {
      parts += 1;
    } else if (unit === 0x5b || unit === 0x7b) {
      opened += 1;
      parts += 1;
      indicators += 1;
    } else if (unit === 0x5d || unit === 0x7d) {
      opened = Math.max(0, opened - 1);
    } else if ((unit === 0x2d || unit === 0x3f || unit === 0x3a) && isBlank(text.charCodeAt(at + 1))) {
      // `- - - a` and `? ? ? a` nest as well.
      indicators += 1;
    }
    if (parts > MAX_PARTS) {
      throw new UserError("input-too-large", `${source}:${line}: has more than ${MAX_PARTS} lines and parts of lines`);
    }
    if (indicators > MAX_INDICATORS) fail("too many lists and mappings in one line", line);
    if (opened > MAX_INDICATORS) fail("too many open lists and mappings", line);
  }
}

/** In one line, and open brackets that may all stand in texts: enough for a list of a thousand, and safe for the stack. */
const MAX_INDICATORS = 1000;

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d || Number.isNaN(unit);
}
