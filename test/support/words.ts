// The shell subset of transcripts: words, quotes and leading assignments. No expansion, no pipes, so that a
// line means the same here and in the reader's own shell.
//
//   line       = *( NAME "=" word ) 1*word
//   word       = 1*( bare / "'" *any "'" / DQUOTE *any DQUOTE / "$'" *( any / escape ) "'" )
//   escape     = "\n" / "\t" / "\r" / "\e" / "\\" / "\'" / "\xHH" (below 80) / "\uHHHH"     as in bash and POSIX 2024

export interface CommandLine {
  /** Environment variables of this one command. */
  readonly env: Readonly<Record<string, string>>;
  readonly words: readonly string[];
}

const BARE = /[A-Za-z0-9_./:=@%+,^-]/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", e: "\u{1b}", "\\": "\\", "'": "'" };

/** Splits a command line. @throws Error for whatever a shell would treat as more than words */
export function parseCommandLine(line: string): CommandLine {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === " ") {
      at++;
      continue;
    }
    let word = "";
    while (at < line.length && line[at] !== " ") {
      const part = nextPart(line, at);
      word += part.text;
      at = part.end;
    }
    words.push(word);
  }
  const first = words.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
  const env = words.slice(0, first === -1 ? words.length : first).map((word) => {
    const equals = word.indexOf("=");
    return [word.slice(0, equals), word.slice(equals + 1)] as const;
  });
  const rest = words.slice(env.length);
  if (rest.length === 0) throw new Error(`no command in: ${line}`);
  return { env: Object.fromEntries(env), words: rest };
}

interface Part {
  readonly text: string;
  readonly end: number;
}

function nextPart(line: string, start: number): Part {
  const character = line[start] ?? "";
  if (character === "'" || character === '"') {
    const close = line.indexOf(character, start + 1);
    if (close === -1) throw new Error(`no closing ${character} in: ${line}`);
    const text = line.slice(start + 1, close);
    if (character === '"' && /[$`\\!]/.test(text)) throw new Error(`use single quotes around ${text} in: ${line}`);
    return { text, end: close + 1 };
  }
  if (line.startsWith("$'", start)) return ansiQuoted(line, start + 2);
  if (!BARE.test(character)) throw new Error(`quote the character ${character} in: ${line}`);
  return { text: character, end: start + 1 };
}

function ansiQuoted(line: string, start: number): Part {
  let text = "";
  let at = start;
  while (at < line.length && line[at] !== "'") {
    const escape = /^\\(?:x([0-7][0-9a-fA-F])|u([0-9a-fA-F]{4})|([ntre\\']))/.exec(line.slice(at));
    if (escape !== null) {
      const code = escape[1] ?? escape[2];
      text += code === undefined ? (ESCAPES[escape[3] ?? ""] ?? "") : String.fromCharCode(Number.parseInt(code, 16));
      at += escape[0].length;
    } else if (line[at] === "\\") {
      throw new Error(`unknown escape at ${line.slice(at, at + 4)} in: ${line}`);
    } else {
      text += line[at] ?? "";
      at++;
    }
  }
  if (at >= line.length) throw new Error(`no closing ' in: ${line}`);
  return { text, end: at + 1 };
}
