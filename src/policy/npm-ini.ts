// npm's dialect of INI, as far as settings of registries go. Pure, and separate from the question of which
// files count.
//
//   file     = lines, separated by CR or LF in any number
//   line     = blank | (";" | "#") comment | "[" section "]" | key [ "=" value ]
//   key, value = quoted | bare
//   quoted   = JSON string in '"', or anything in "'" whose inside is JSON text or itself
//   bare     = text up to an unescaped ";" or "#"; "\" escapes "\", ";" and "#", and stands for itself elsewhere
//
// Later lines win. A key without "=" has the value "true". What stands in a section is a setting of nothing: npm reads
// it into an object that no setting has. Then, in keys and values, `${NAME}` stands for a variable of the environment,
// `${NAME?}` for the same or nothing, and "\" before it takes that meaning away.
// Source: the packages `ini` and `@npmcli/config` (lib/env-replace.js) that npm brings.

export interface IniFile {
  /** Values by key, variables replaced, the last of equal keys. */
  readonly settings: ReadonlyMap<string, string>;
  /** Keys in whose key or value a variable has no value. */
  readonly unresolved: ReadonlyMap<string, string>;
  /** Names of sections, whose lines are settings of nothing. */
  readonly sections: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Never fails: what npm cannot read, it skips. */
export function parseNpmIni(text: string, env: Environment): IniFile {
  const settings = new Map<string, string>();
  const unresolved = new Map<string, string>();
  const sections: string[] = [];
  for (const line of text.split(/[\r\n]+/)) {
    if (/^\s*(?:[;#].*)?$/.test(line)) continue;
    const section = /^\[([^\]]*)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) {
      sections.push(unquote(section));
      continue;
    }
    const equals = line.indexOf("=");
    // A line that starts with "=" has no key.
    if (sections.length > 0 || equals === 0) continue;
    const key = expand(unquote(equals === -1 ? line : line.slice(0, equals)), env);
    const value = equals === -1 ? { text: "true" } : expand(unquote(line.slice(equals + 1)), env);
    const missing = key.missing ?? value.missing;
    settings.delete(key.text);
    unresolved.delete(key.text);
    if (missing === undefined) settings.set(key.text, value.text);
    else unresolved.set(key.text, missing);
  }
  return { settings, unresolved, sections };
}

function unquote(raw: string): string {
  const text = raw.trim();
  const quote = text[0];
  if ((quote === '"' || quote === "'") && text.endsWith(quote)) {
    const inside = quote === "'" ? text.slice(1, -1) : text;
    return jsonString(inside) ?? inside;
  }
  const bare = /^(?:\\.|[^\\;#]|\\$)*/s.exec(text)?.[0] ?? "";
  return bare.replaceAll(/\\([\\;#])/g, "$1").trim();
}

/** The text that a JSON string stands for, or undefined. */
function jsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The text with variables replaced, and the name of the first that has no value. */
function expand(text: string, env: Environment): { readonly text: string; readonly missing?: string } {
  let missing: string | undefined;
  const replaced = text.replaceAll(
    /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g,
    (whole, escapes: string, name: string, optional?: string) => {
      if (escapes.length % 2 === 1) return whole.slice((escapes.length + 1) / 2);
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined && optional === undefined) missing ??= name;
      return escapes.slice(escapes.length / 2) + (value ?? "");
    },
  );
  return missing === undefined ? { text: replaced } : { text: replaced, missing };
}
