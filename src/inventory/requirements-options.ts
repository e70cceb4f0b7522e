// Options on the lines of a requirements file, as pip's option parser takes them: names may be shortened, values glued.
//
//   line = [requirement] option*        the first word that begins with "-" begins the options
//   option = --name value | --name=value | -x value | -xvalue        words as a shell splits them
//
// An option that is overseen here could name another file to install from.

export interface OptionUse {
  /** `requirement`, `hash`, …: without dashes, in full. */
  readonly name: string;
  readonly value: string;
}

export interface SplitLine {
  /** What stands before the options. */
  readonly requirement: string;
  readonly options: readonly OptionUse[];
  /** The first thing that is no option of pip, or why the line cannot be split. */
  readonly trouble?: string;
}

/** Options that take a value, and those that take none: of pip, past and present. */
const WITH_VALUE = [
  "index-url",
  "pypi-url",
  "extra-index-url",
  "constraint",
  "requirement",
  "editable",
  "find-links",
  "no-binary",
  "only-binary",
  "trusted-host",
  "use-feature",
  "global-option",
  "install-option",
  "hash",
  "config-settings",
  "config-setting",
  "all-releases",
  "only-final",
  "uploaded-prior-to",
];
const WITHOUT_VALUE = [
  "no-index",
  "prefer-binary",
  "require-hashes",
  "no-require-hashes",
  "pre",
  "use-wheel",
  "no-use-wheel",
];
const SHORT: ReadonlyMap<string, string> = new Map([
  ["r", "requirement"],
  ["c", "constraint"],
  ["e", "editable"],
  ["i", "index-url"],
  ["f", "find-links"],
  ["C", "config-settings"],
]);

export function splitLine(text: string): SplitLine {
  const start = /(?:^|[ \t])-/.exec(text);
  if (start === null) return { requirement: text, options: [] };
  const requirement = text.slice(0, start.index).trim();
  const words = shellWords(text.slice(start.index));
  if (words === undefined) return { requirement, options: [], trouble: "a quotation mark is not closed" };
  const options: OptionUse[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const found = optionOf(word);
    if (found === undefined) {
      // What is no option is ignored by pip among options, but not a word that looks like one.
      if (word.startsWith("-")) return { requirement, options, trouble: "an option that pip does not know" };
      continue;
    }
    const { name, value } = found;
    if (value !== undefined) options.push({ name, value });
    else if (!WITH_VALUE.includes(name)) options.push({ name, value: "" });
    else {
      at += 1;
      options.push({ name, value: words[at] ?? "" });
    }
  }
  return { requirement, options };
}

function optionOf(word: string): { readonly name: string; readonly value?: string } | undefined {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    const name = longName(equals === -1 ? word.slice(2) : word.slice(2, equals));
    if (name === undefined) return undefined;
    return equals === -1 ? { name } : { name, value: word.slice(equals + 1) };
  }
  const name = word.startsWith("-") ? SHORT.get(word.charAt(1)) : undefined;
  if (name === undefined) return undefined;
  return word.length > 2 ? { name, value: word.slice(2) } : { name };
}

/** Python's optparse takes any beginning that only one option has. */
function longName(text: string): string | undefined {
  const all = [...WITH_VALUE, ...WITHOUT_VALUE];
  if (all.includes(text)) return text;
  const matching = text === "" ? [] : all.filter((name) => name.startsWith(text));
  const [only] = matching;
  // `--config-setting` is the same option as its plural.
  return matching.length === 1 || matching.every((name) => name.startsWith("config-setting")) ? only : undefined;
}

/** Words as a POSIX shell splits them, quotes and backslashes taken off; undefined when a quote is not closed. */
function shellWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const quoted = quotedText(text, at);
      if (quoted === undefined) return undefined;
      word = `${word ?? ""}${quoted.text}`;
      at = quoted.end;
    } else if (character === "\\") {
      at += 1;
      word = `${word ?? ""}${text.charAt(at)}`;
    } else word = `${word ?? ""}${character}`;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function quotedText(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const quote = text.charAt(start);
  const parts: string[] = [];
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { text: parts.join(""), end: at };
    const next = text.charAt(at + 1);
    if (quote === '"' && character === "\\" && (next === '"' || next === "\\")) {
      parts.push(next);
      at += 1;
    } else parts.push(character);
  }
  return undefined;
}
