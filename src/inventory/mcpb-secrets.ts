// What is left out of the command of an MCP bundle before it is shown: values that may be secrets, and names of people in
// paths of their machines. Too much rather than too little; `${user_config.key}` is filled in by the client and is none.
// Separate from reading the manifest, because it is about words of any kind.

import { publicUrl } from "../core/public-url.ts";

const LEFT_OUT = "[removed]";
/** Longer words are no part of a command that anybody reads. */
const MAX_WORD = 8192;

/** Names whose values are secrets. */
const SECRET =
  /token|secret|passw|passphrase|api[-_]?key|credential|authorization|cookie|(?:^|[-_.])(?:auth|bearer|pat|pwd|key)$/i;
/** A name and what separates it from its value: `--token=`, `X-Api-Key: `, `"token":"`. */
const NAMED = /(?<name>[\w.-]{1,80})["']?\s{0,3}[=:]\s{0,3}["']?(?!\/\/)/g;
/** Values that say themselves that they are secrets. */
const SHAPED =
  /\b(?:gh[a-z]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{20,}|pypi-[\w-]{20,}|sk-[\w-]{16,}|xox[a-z]-[\w-]{10,}|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g;
const SCHEME = /\b(?<scheme>bearer|basic)\s+(?!\$\{)[^\s"']+/gi;
const ADDRESS = /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>]+/gi;
/** Homes of people. */
const HOME = /(?<above>(?:^|[^\w.])(?:\/home|\/Users|[a-z]:[\\/]+(?:Users|Documents and Settings))[\\/]+)[^\\/\s"']+/gi;

/**
 * One word of a command as it may be shown.
 * @param before the word in front of it, which may be an option that takes it
 */
export function withoutSecret(word: string, before: string | undefined): string {
  if (word.length > MAX_WORD) return LEFT_OUT;
  if (before !== undefined && takesSecret(before) && !word.startsWith("-") && !word.includes("${")) return LEFT_OUT;
  return withoutNamed(word)
    .replaceAll(ADDRESS, publicAddress)
    .replaceAll(SHAPED, LEFT_OUT)
    .replaceAll(SCHEME, `$<scheme> ${LEFT_OUT}`)
    .replaceAll(HOME, `$<above>${LEFT_OUT}`);
}

/** True for an option without a value whose name is that of a secret. */
function takesSecret(word: string): boolean {
  return word.length <= 100 && /^--?[\w.-]+$/.test(word) && SECRET.test(word);
}

/** Cut where the value of a secret begins. */
function withoutNamed(word: string): string {
  for (const { 0: text, index, groups } of word.matchAll(NAMED)) {
    if (!SECRET.test(groups?.["name"] ?? "")) continue;
    const start = index + text.length;
    const value = word.slice(start);
    if (value !== "" && !value.includes("${")) return `${word.slice(0, start)}${LEFT_OUT}`;
  }
  return word;
}

function publicAddress(address: string): string {
  const found = publicUrl(address);
  if (found !== undefined) return found.redacted ? found.url : address;
  // Several hosts, a port that is none: no URL, and a client may take it for one.
  return address.replace(/\/\/[^/]*@/, "//").replace(/[?#].*$/s, "");
}
