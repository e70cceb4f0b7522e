// What a package.json says of its package, and what an npm lockfile copies from it: both have the same members. Pure;
// every type may be wrong, and what is wrong is left out.

import type { Facts, Statements } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import { publicUrl } from "../core/public-url.ts";

/** For objects that are put together member by member: a hundred thousand of them, so nothing is spread. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

const PLATFORM = ["os", "cpu", "libc"] as const;

/** Members of package.json (npm's documentation, "package.json") that are facts. `name` is that of the package. */
export function manifestFacts(manifest: JsonObject, name: string): Draft<Facts> {
  const facts: Draft<Facts> = {};
  const commands = commandsOf(member(manifest, "bin"), name);
  if (commands.length > 0) facts.commands = commands;
  for (const key of PLATFORM) {
    const value = member(manifest, key);
    if (value === undefined) continue;
    const values = textsOf(value);
    if (values.length > 0) facts[key] = values;
  }
  const engines = enginesOf(member(manifest, "engines"));
  if (engines.length > 0) facts.engines = engines;
  const deprecated = member(manifest, "deprecated");
  if (typeof deprecated === "string") facts.deprecated = deprecated;
  else if (deprecated === true) facts.deprecated = "";
  if (member(manifest, "private") === true) facts.private = true;
  return facts;
}

const NONE: readonly never[] = [];

/** One text is a list of one. */
function textsOf(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** `{node: ">=20"}`, and lists of such texts from the time before npm 1. */
function enginesOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return NONE;
  if (!isJsonObject(value)) return textsOf(value);
  const engines: string[] = [];
  for (const engine of Object.keys(value)) {
    const range = value[engine];
    if (typeof range === "string") engines.push(`${engine} ${range}`);
  }
  return engines;
}

/** A text is the file of the one command that is called as the package, without its scope. */
function commandsOf(bin: Json | undefined, name: string): readonly string[] {
  if (typeof bin === "string" && bin !== "") return [name.slice(name.lastIndexOf("/") + 1)];
  if (!isJsonObject(bin)) return NONE;
  return Object.keys(bin).filter((command) => typeof bin[command] === "string");
}

/** The files that its commands run, as written: attacker-controlled, never a path to open as it is. */
export function commandFiles(manifest: JsonObject): readonly string[] {
  const bin = member(manifest, "bin");
  if (typeof bin === "string") return [bin];
  return isJsonObject(bin) ? Object.values(bin).filter((file) => typeof file === "string") : [];
}

/** What it says of its maker and terms, or undefined when that is nothing. */
export function manifestStatements(manifest: JsonObject): Statements | undefined {
  const statements: Draft<Statements> = {};
  const put = (key: keyof Statements, text: string | undefined): void => {
    if (text !== undefined && text.trim() !== "") statements[key] = text;
  };
  put("description", textMember(manifest, "description"));
  put("author", personOf(member(manifest, "author")));
  put("homepage", urlOf(member(manifest, "homepage")));
  put("repository", repositoryOf(member(manifest, "repository")));
  put("issues", urlOf(member(manifest, "bugs")));
  put("license", licenseOf(manifest));
  return Object.keys(statements).length === 0 ? undefined : statements;
}

/** `license`, and what it was before: `{type, url}`, and `licenses`, of which the user may choose one. */
export function licenseOf(manifest: JsonObject): string | undefined {
  const one = member(manifest, "license");
  if (one !== undefined && one !== null) return licenseText(one);
  const several = member(manifest, "licenses");
  return several === undefined || several === null ? undefined : licenseText(several);
}

function licenseText(value: Json): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  if (isJsonObject(value)) return textMember(value, "type") ?? textMember(value, "name");
  if (!Array.isArray(value)) return undefined;
  const texts = (value as readonly Json[]).flatMap((each) => (Array.isArray(each) ? [] : (licenseText(each) ?? [])));
  return texts.length > 1 ? `(${texts.join(" OR ")})` : texts[0];
}

/** `Name <mail> (url)`, of a text or of `{name, email, url}`. */
function personOf(value: Json | undefined): string | undefined {
  if (typeof value === "string") return withoutUserinfo(value);
  if (!isJsonObject(value)) return undefined;
  const [name, email, url] = [textMember(value, "name"), textMember(value, "email"), textMember(value, "url")];
  const parts = [
    ...(name === undefined ? [] : [name]),
    ...(email === undefined ? [] : [`<${email}>`]),
    ...(url === undefined ? [] : [`(${url})`]),
  ];
  return parts.length === 0 ? undefined : withoutUserinfo(parts.join(" "));
}

/** Addresses inside a text keep no user name and no password. */
function withoutUserinfo(text: string): string {
  return text.length > 2000 ? text.slice(0, 2000) : text.replaceAll(/:\/\/[^\s/@]{0,500}@/g, "://");
}

/** A text, or the `url` of an object; only what may be published of it. */
function urlOf(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? value : isJsonObject(value) ? textMember(value, "url") : undefined;
  return text === undefined ? undefined : publicUrl(text)?.url;
}

/** A URL, `{type, url, directory}`, or a shorthand: `owner/name`, `gitlab:owner/name`. */
function repositoryOf(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? value : isJsonObject(value) ? textMember(value, "url") : undefined;
  if (text === undefined || text.length > 2000) return undefined;
  return publicUrl(text)?.url ?? hostedUrl(text);
}

/** Services whose repositories npm takes without a URL (npm's documentation, "package.json", "repository"). */
const HOSTED: Readonly<Record<string, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
  gist: "gist.github.com",
};

/** The URL of `owner/name` and `gitlab:owner/name`, without what follows `#`; undefined for any other text. */
export function hostedUrl(text: string): string | undefined {
  const [, service = "github", path] = /^(?:([a-z]+):)?([\w.-]+(?:\/[\w.-]+)*)(?:#.*)?$/s.exec(text) ?? [];
  if (path === undefined || !Object.hasOwn(HOSTED, service)) return undefined;
  if (!path.includes("/") && service !== "gist") return undefined;
  if (path.split("/").some((part) => /^\.+$/.test(part))) return undefined;
  return publicUrl(`git+https://${HOSTED[service] ?? ""}/${path.replace(/\.git$/, "")}.git`)?.url;
}

/** Names of the project's `overrides`, at every depth: `a`, `a@^1` and `a > b` all change what is installed. */
export function overriddenNames(manifest: JsonObject): ReadonlySet<string> {
  const names = new Set<string>();
  const open = [objectMember(manifest, "overrides") ?? {}];
  for (let rules = open.pop(); rules !== undefined; rules = open.pop()) {
    for (const [key, rule] of Object.entries(rules)) {
      const at = key.indexOf("@", 1);
      const name = at === -1 ? key : key.slice(0, at);
      if (!isJsonObject(rule)) names.add(name);
      else {
        if (member(rule, ".") !== undefined) names.add(name);
        open.push(rule);
      }
    }
  }
  names.delete(".");
  return names;
}
