// What a project changes of the packages that it installs, as clauses: overrides and resolutions. Values may hold
// addresses, so they are made public here.

import { publicReference } from "./lock-origin.ts";

/** So many of one package are told. */
const MAX_TOLD = 10;
/** Longer ones select nothing. */
const MAX_SELECTOR = 1000;

/** The last name of `a@1>b@^2`, `a/b`, `@acme/b@npm:^1`: the package whose version a rule decides. */
function overriddenName(selector: string): string {
  if (selector.length > MAX_SELECTOR) return selector;
  const last = selector.slice(selector.lastIndexOf(">") + 1).trim();
  const [, name = last] =
    /(?:^|\/)((?:@[^/@]+\/)?[^/@]+)(?:@.*)?$/.exec(last.replace(/(?<=[^/])@[^@]*[:/].*$/, "")) ?? [];
  return name;
}

/** Clauses by the name of the package; `secret` is called when a value held one. */
export function overrideClauses(
  rules: Iterable<readonly [string, string]>,
  secret: () => void,
): ReadonlyMap<string, readonly string[]> {
  const clauses = new Map<string, string[]>();
  for (const [selector, value] of rules) {
    const shown = publicReference(`${selector}: ${value}`);
    if (shown.redacted) secret();
    const name = overriddenName(selector);
    const known = clauses.get(name);
    const clause = `overridden by the project (${shown.text})`;
    if (known === undefined) clauses.set(name, [clause]);
    else if (known.length < MAX_TOLD) known.push(clause);
  }
  return clauses;
}
