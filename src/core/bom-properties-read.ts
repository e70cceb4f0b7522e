// Our properties read back from an SBOM that anybody may have written: what has the form of bom-properties.ts becomes a
// fact, and what has not is handed out, so that nothing is lost silently. Separate, because writers do not need it.

import {
  ABSENT,
  COMPONENT_KINDS,
  FACT_PROPERTIES,
  MCP_PROPERTIES,
  NONE,
  ORIGIN_KINDS,
  OTHER_PROPERTIES,
  SCOPES,
} from "./bom-properties.ts";
import type { BomProperty, Form, PropertyFacts, Row } from "./bom-properties.ts";
import { parseDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";
import type { Distribution, Facts, Origin } from "./inventory.ts";
import { isJsonObject, member } from "./json-value.ts";
import type { Json } from "./json.ts";
import { publicPath, publicProse, publicUrl } from "./public-url.ts";

/** What the properties of a component say. */
export interface ReadProperties extends PropertyFacts {
  /** `boltseal:…` by name, and unknown or not of the form that it must have. Values may be secrets. */
  readonly malformed: readonly BomProperty[];
}

const HASH = "(?:sha256:([0-9a-f]{64})|-)";
const FILE = new RegExp(`^${HASH} (?:(\\d{1,15})|-) ([^]+)$`);
const DESCRIBED = new RegExp(`^${HASH} ([^]+)$`);
const SCRIPT = /^(?:sha256:([0-9a-f]{64})|present)$/;

/** One value read back, by its form; undefined where it has not the form. `tail`: the end of the name of a script's property. */
const READERS: Readonly<Record<Form, (value: string, tail: string | undefined) => unknown>> = {
  text: publicProse,
  prose: publicProse,
  list: publicProse,
  flag: (value) => (value === "true" ? true : undefined),
  state: (value) => (value === "true" || value === "false" ? value === "true" : undefined),
  files(value) {
    const [, sha256, size, path] = FILE.exec(value) ?? [];
    if (path === undefined) return undefined;
    return { path, ...(sha256 === undefined ? {} : { sha256 }), ...(size === undefined ? {} : { size: Number(size) }) };
  },
  described(value) {
    const [, descriptionSha256, name] = DESCRIBED.exec(value) ?? [];
    if (name === undefined) return undefined;
    return { name, ...(descriptionSha256 === undefined ? {} : { descriptionSha256 }) };
  },
  launches: (value, tail) => (tail === undefined ? undefined : { platform: tail, launch: publicProse(value) }),
  scripts(value, tail) {
    const found = SCRIPT.exec(value);
    if (found === null) return undefined;
    return { ...(tail === undefined ? {} : { name: tail }), ...(found[1] === undefined ? {} : { sha256: found[1] }) };
  },
};

interface Known {
  /** Name of the member of the model. */
  readonly key: string;
  readonly row: Row;
  readonly mcp: boolean;
  readonly tail?: string;
}

function knownRows(table: Readonly<Record<string, Row>>, mcp: boolean): readonly (readonly [string, Known])[] {
  return Object.entries(table).map(([key, row]) => [row.name, { key, row, mcp }]);
}

const ROWS: ReadonlyMap<string, Known> = new Map([
  ...knownRows(FACT_PROPERTIES, false),
  ...knownRows(MCP_PROPERTIES, true),
]);

/** Those whose properties have names of their own at their end. */
const NAMED = [...ROWS.values()].filter(({ row: { form } }) => form === "scripts" || form === "launches");

/** Where values are gathered, by the names of the members of the model. */
interface Draft {
  readonly facts: Map<string, unknown>;
  readonly mcp: Map<string, unknown>;
  readonly other: Map<string, string>;
  readonly digests: Digest[];
  readonly distributions: Distribution[];
  readonly locations: string[];
}

/** Forms of which a component has one value. */
const SINGLE: ReadonlySet<Form> = new Set(["text", "prose", "flag", "state"]);

/** The row for a property's name, and what is behind the row's own name in it. */
function rowOf(name: string): Known | undefined {
  const exact = ROWS.get(name);
  if (exact !== undefined) return exact;
  const named = NAMED.find(({ row }) => name.startsWith(`${row.name}:`));
  return named === undefined ? undefined : { ...named, tail: name.slice(named.row.name.length + 1) };
}

/** True when the property was understood and its value taken. */
function takeFact({ name, value }: BomProperty, draft: Draft): boolean {
  const found = rowOf(name);
  if (found === undefined) return false;
  const values = found.mcp ? draft.mcp : draft.facts;
  const { form } = found.row;
  const before = values.get(found.key);
  if (SINGLE.has(form)) {
    const read = READERS[form](value, undefined);
    if (read === undefined || before !== undefined) return false;
    values.set(found.key, read);
    return true;
  }
  const list = (before ?? []) as unknown[];
  if (form !== "list" && form !== "launches" && value === NONE && found.tail === undefined) {
    values.set(found.key, list);
    return true;
  }
  const read = READERS[form](value, found.tail);
  if (read === undefined) return false;
  list.push(read);
  values.set(found.key, list);
  return true;
}

/** The distribution that one line of JSON describes. */
function readDistribution(text: string): Distribution | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const [url, fileName, digests, size] = ["url", "fileName", "digests", "size"].map((name) => member(value, name));
  if (!Array.isArray(digests) || digests.length > 100) return undefined;
  const read = digests.map((item: Json) => (typeof item === "string" ? parseDigest(item) : undefined));
  const known = read.flatMap((digest) => digest ?? []);
  if (known.length !== read.length) return undefined;
  const address = typeof url === "string" ? publicUrl(url)?.url : undefined;
  return {
    digests: known,
    ...(address === undefined ? {} : { url: address }),
    ...(typeof fileName === "string" ? { fileName } : {}),
    ...(typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? { size } : {}),
  };
}

/** Of which a component has one, all but those that are handled by themselves. */
const SINGLE_OTHERS: ReadonlySet<string> = new Set(Object.values(OTHER_PROPERTIES));

/** Of these only the public part is read. */
const URLS: ReadonlySet<string> = new Set([
  OTHER_PROPERTIES.sourceUrl,
  OTHER_PROPERTIES.repository,
  OTHER_PROPERTIES.issues,
]);

function takeOther({ name, value }: BomProperty, draft: Draft): boolean {
  const names = OTHER_PROPERTIES;
  if (name === names.digest) {
    const digest = parseDigest(value);
    if (digest !== undefined) draft.digests.push(digest);
    return digest !== undefined;
  }
  if (name === names.distribution) {
    const distribution = readDistribution(value);
    if (distribution !== undefined) draft.distributions.push(distribution);
    return distribution !== undefined;
  }
  if (name === names.location) {
    draft.locations.push(value);
    return true;
  }
  const wrong =
    !SINGLE_OTHERS.has(name) ||
    draft.other.has(name) ||
    (name === names.kind && !COMPONENT_KINDS.has(value)) ||
    (name === names.scope && !SCOPES.has(value)) ||
    (name === names.sourceKind && !ORIGIN_KINDS.has(value)) ||
    (name === names.integrity && !value.startsWith(ABSENT)) ||
    (name === names.commit && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) ||
    (URLS.has(name) && publicUrl(value) === undefined) ||
    (name === names.sourcePath && publicPath(value) === undefined);
  if (!wrong) draft.other.set(name, URLS.has(name) ? (publicUrl(value)?.url ?? "") : value);
  return !wrong;
}

/** The origin that the properties name, or undefined where none does. Members that its kind has not are left out. */
function originOf(other: ReadonlyMap<string, string>): Origin | undefined {
  const names = OTHER_PROPERTIES;
  const kind = other.get(names.sourceKind) as Origin["kind"] | undefined;
  if (kind === undefined || kind === "unknown") return kind === undefined ? undefined : { kind };
  const text = (key: string, name: string): Record<string, string> => {
    const value = other.get(name);
    return value === undefined ? {} : { [key]: value };
  };
  if (kind === "bundled") return { kind, ...text("within", names.sourceWithin) };
  if (kind === "file" || kind === "directory" || kind === "workspace") {
    const path = other.get(names.sourcePath);
    const inside = path === undefined ? undefined : publicPath(path);
    return inside === undefined ? { kind } : { kind, path: inside };
  }
  const place = { ...text("host", names.sourceHost), ...text("url", names.sourceUrl) };
  if (kind !== "git") return { kind, ...place };
  return { kind, ...place, ...text("commit", names.commit), ...text("reference", names.reference) };
}

/**
 * What the properties of one component say; those that are not ours are passed over. Values are from outside: URLs are
 * made public again, and text is as it is written.
 */
export function readProperties(properties: Iterable<BomProperty>): ReadProperties {
  const draft: Draft = {
    facts: new Map(),
    mcp: new Map(),
    other: new Map(),
    digests: [],
    distributions: [],
    locations: [],
  };
  const malformed: BomProperty[] = [];
  for (const property of properties) {
    if (!property.name.startsWith("boltseal:")) continue;
    if (!takeFact(property, draft) && !takeOther(property, draft)) malformed.push(property);
  }
  const facts = Object.fromEntries(draft.facts) as Facts;
  const texts = <Key extends keyof typeof OTHER_PROPERTIES>(...keys: readonly Key[]): Partial<Record<Key, string>> => {
    const found = keys.map((key) => [key, draft.other.get(OTHER_PROPERTIES[key])] as const);
    return Object.fromEntries(found.filter(([, value]) => value !== undefined)) as Partial<Record<Key, string>>;
  };
  const origin = originOf(draft.other);
  const undigested = draft.other.get(OTHER_PROPERTIES.integrity)?.slice(ABSENT.length);
  const statements = texts("publisher", "repository", "issues");
  return {
    facts: draft.mcp.size === 0 ? facts : { ...facts, mcp: Object.fromEntries(draft.mcp) },
    // Kind and scope were looked up in the sets of their values.
    ...(texts("kind", "version", "contradictingPurl", "scope") as Pick<ReadProperties, "kind" | "version" | "scope">),
    ...(origin === undefined ? {} : { origin }),
    ...(undigested === undefined ? {} : { undigested }),
    digests: draft.digests,
    distributions: draft.distributions,
    locations: draft.locations,
    ...(Object.keys(statements).length === 0 ? {} : { statements }),
    malformed,
  };
}
