// Patterns over names: `*` any run without `/`, `**` any run, `?` one character but `/`; everything
// else is literal, the whole name must match, and case counts. Patterns may come from an untrusted
// policy, so matching is two loops and never a regular expression.

/** True when the pattern holds no more than wildcards, `/` and `.`, and so names nothing in particular: `**`, `?*`, `*.*`. */
export function matchesEverything(pattern: string): boolean {
  return /^[*?/.]*$/.test(pattern);
}

/** True when the whole `name` matches `pattern`. Time is at most pattern × name. */
export function globMatches(pattern: string, name: string): boolean {
  const tokens = pattern.match(/\*\*|[\s\S]/gu) ?? [];
  const characters = Array.from(name);
  // reachable[i]: the tokens so far can match the first i characters.
  let reachable = new Array<boolean>(characters.length + 1).fill(false);
  reachable[0] = true;
  for (const token of tokens) {
    const next = new Array<boolean>(characters.length + 1).fill(false);
    for (let i = 0; i <= characters.length; i++) {
      if (token === "**" || token === "*") {
        const extended = i > 0 && next[i - 1] === true && (token === "**" || characters[i - 1] !== "/");
        next[i] = reachable[i] === true || extended;
      } else if (i > 0 && reachable[i - 1] === true) {
        const character = characters[i - 1];
        next[i] = token === "?" ? character !== "/" : character === token;
      }
    }
    reachable = next;
  }
  return reachable[characters.length] === true;
}
