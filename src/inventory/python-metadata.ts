// The core metadata of a Python package as an inventory needs it: who made it, on which terms, and what it asks for.
// What an installer would refuse is still read here, loosely, and said to be wrong: it lies on a disk all the same.
//
// Source: packaging.python.org, "Core metadata specifications".

import type { Statements } from "../core/inventory.ts";
import { PackageRefusal, textOf } from "../core/package-reading.ts";
import { claimedServerNames } from "../core/package-server-name.ts";
import { publicUrl } from "../core/public-url.ts";
import { parseCoreMetadata } from "./package-python.ts";

export interface PythonMetadata {
  /** As written; absent where it is not stated, or not once. */
  readonly name?: string;
  readonly version?: string;
  readonly statements?: Statements;
  /** As written: `anyio>=4.5; python_version < "3.13"`. */
  readonly requires: readonly string[];
  /** `python >=3.10`. */
  readonly engines: readonly string[];
  /** MCP servers that its description claims to be. */
  readonly serverNames: readonly string[];
  /** An address held what may be a secret, and was cut. */
  readonly redacted: boolean;
  /** Why installers would refuse it, as a clause. */
  readonly trouble?: string;
}

type Headers = ReadonlyMap<string, readonly string[]>;

/** @param path how a clause calls the file */
export function readMetadata(bytes: Uint8Array, path: string): PythonMetadata {
  try {
    const { name, version, headers, description } = parseCoreMetadata(textOf(bytes, path), path);
    return { name, version, ...statedIn(headers), serverNames: claimedServerNames(description) };
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    const headers = looseHeaders(Buffer.from(bytes).toString("utf8"));
    const [name, version] = ["name", "version"].map((key) => headers.get(key)?.[0]);
    return {
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      ...statedIn(headers),
      serverNames: [],
      trouble: error.message,
    };
  }
}

/** Lines of headers that are looked at in a text that no reader agrees on. */
const MAX_LOOSE_LINES = 5000;

function looseHeaders(text: string): Headers {
  const headers = new Map<string, string[]>();
  for (const line of text.slice(0, 1 << 20).split(/\r?\n/, MAX_LOOSE_LINES)) {
    if (line === "") break;
    const [, name, value] = /^([\x21-\x39\x3b-\x7e]{1,100}):([^]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const values = headers.get(name.toLowerCase());
    if (values === undefined) headers.set(name.toLowerCase(), [value.trim()]);
    else values.push(value.trim());
  }
  return headers;
}

function statedIn(headers: Headers): Omit<PythonMetadata, "name" | "version" | "serverNames" | "trouble"> {
  const { statements, redacted } = statementsOf(headers);
  const python = textIn(headers, "requires-python");
  return {
    ...(statements === undefined ? {} : { statements }),
    redacted,
    requires: headers.get("requires-dist") ?? [],
    engines: python === undefined ? [] : [`python ${python}`],
  };
}

/** The first value that says something: old tools write UNKNOWN for nothing. */
function textIn(headers: Headers, name: string): string | undefined {
  return headers.get(name)?.find((text) => text !== "" && text !== "UNKNOWN");
}

/** Labels of project URLs, folded as the specification says ("Well-known labels"). */
const LABELS = {
  homepage: ["homepage"],
  repository: ["source", "repository", "sourcecode", "github", "code"],
  issues: ["issues", "bugs", "issue", "tracker", "issuetracker", "bugtracker", "bugreports"],
} as const;

/** Longer texts are whole licences, not their names. */
const MAX_LICENSE = 300;

function statementsOf(headers: Headers): { readonly statements?: Statements; readonly redacted: boolean } {
  let redacted = false;
  const addressOf = (text: string | undefined): string | undefined => {
    const found = text === undefined ? undefined : publicUrl(text);
    if (found?.redacted === true) redacted = true;
    return found?.url;
  };
  const urls = projectUrls(headers);
  const labelled = (labels: readonly string[]): string | undefined =>
    addressOf(labels.map((label) => urls.get(label)).find((url) => url !== undefined));
  const found: Record<keyof Statements, string | undefined> = {
    description: textIn(headers, "summary"),
    author: personIn(headers, "author") ?? personIn(headers, "maintainer"),
    publisher: undefined,
    supplier: undefined,
    homepage: addressOf(textIn(headers, "home-page")) ?? labelled(LABELS.homepage),
    repository: labelled(LABELS.repository),
    issues: labelled(LABELS.issues),
    license: licenseOf(headers),
  };
  const stated = Object.entries(found).filter(([, text]) => text !== undefined);
  return { ...(stated.length === 0 ? {} : { statements: Object.fromEntries(stated) }), redacted };
}

function projectUrls(headers: Headers): ReadonlyMap<string, string> {
  const urls = new Map<string, string>();
  for (const row of headers.get("project-url") ?? []) {
    const comma = row.indexOf(",");
    if (comma === -1) continue;
    const label = row
      .slice(0, comma)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]/gu, "");
    if (!urls.has(label)) urls.set(label, row.slice(comma + 1).trim());
  }
  return urls;
}

/** `Name <mail>`; the mail may hold the name already. */
function personIn(headers: Headers, role: "author" | "maintainer"): string | undefined {
  const [name, mail] = [textIn(headers, role), textIn(headers, `${role}-email`)];
  if (mail === undefined || name === undefined) return name ?? mail;
  return mail.includes("<") ? mail : `${name} <${mail}>`;
}

function licenseOf(headers: Headers): string | undefined {
  const expression = textIn(headers, "license-expression");
  if (expression !== undefined) return expression;
  const text = textIn(headers, "license");
  if (text !== undefined && text.length <= MAX_LICENSE && !text.includes("\n")) return text;
  const classified = (headers.get("classifier") ?? []).find((row) => row.startsWith("License ::"));
  return classified?.split("::").at(-1)?.trim();
}
