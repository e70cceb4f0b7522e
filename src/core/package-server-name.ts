// Names of MCP servers, and where the description of a Python package claims one. The MCP registry accepts a package
// for the server NAME when its description holds `mcp-name: NAME`, one space between; we read as it does, but for a
// marker inside a longer word, which claims nothing here.
//
//   server-name = namespace "/" name            namespace: 1*( letter / digit / "." / "-" ); name: the same and "_"
//   claim       = "mcp-name: " server-name      before it no character of a name, or "<!--";
//                                               behind it no character of a name, or "-->" or "--!>"

const NAME = /^[A-Za-z0-9.-]+\/[A-Za-z0-9._-]+$/;
const MIN_NAME = 3;
const MAX_NAME = 200;

export function isServerName(text: string): boolean {
  return text.length >= MIN_NAME && text.length <= MAX_NAME && NAME.test(text);
}

const MARKER = "mcp-name: ";
const NAME_CHARACTER = /[A-Za-z0-9._/-]/;
/** One more than the longest name with the start of a comment's end: so that a longer run is seen to be one. */
const RUN = new RegExp(`[A-Za-z0-9._/-]{0,${MAX_NAME + 3}}`, "y");
/** A description that claims more is not honest; what is left out is not claimed. */
const MAX_CLAIMS = 100;

/** The server names that a description claims, each once, in their order. */
export function claimedServerNames(description: string): readonly string[] {
  const names = new Set<string>();
  let at = description.indexOf(MARKER);
  while (at !== -1 && names.size < MAX_CLAIMS) {
    const start = at + MARKER.length;
    RUN.lastIndex = start;
    const run = RUN.exec(description)?.[0] ?? "";
    const name = withoutCommentEnd(run, description.slice(start + run.length, start + run.length + 2));
    const inWord = at > 0 && NAME_CHARACTER.test(description[at - 1] ?? "");
    if ((!inWord || description.slice(Math.max(0, at - 4), at) === "<!--") && isServerName(name)) names.add(name);
    at = description.indexOf(MARKER, start);
  }
  return [...names];
}

function withoutCommentEnd(run: string, behind: string): string {
  return run.endsWith("--") && /^!?>/.test(behind) ? run.slice(0, -2) : run;
}
