// Manifests of MCP bundles for tests: complete ones of every format, and ways to damage them.

import fc from "fast-check";
import type { Json } from "../../src/core/json.ts";
import type { ManifestVersion } from "../../src/inventory/mcpb-manifest-shape.ts";

type JsonMap = Record<string, Json>;

/** Every member that the format knows. Made anew for each call, so that it may be changed. */
export function completeManifest(version: ManifestVersion): JsonMap {
  const launch = (): JsonMap => ({
    command: "node",
    args: ["${__dirname}/server/index.js"],
    env: { KEY: "${user_config.key}" },
  });
  return {
    $schema: "https://acme.example/schema.json",
    dxt_version: version,
    manifest_version: version,
    name: "acme-weather",
    display_name: "Weather",
    version: "1.2.0",
    description: "Weather for MCP clients",
    long_description: "More of it",
    author: { name: "Acme", email: "mcp@acme.example", url: "https://acme.example/" },
    repository: { type: "git", url: "https://github.com/acme/weather" },
    homepage: "https://acme.example/",
    documentation: "https://acme.example/docs?x=1#y",
    support: "mailto:mcp@acme.example",
    icon: "icon.png",
    screenshots: ["one.png"],
    server: {
      type: version === "0.4" ? "uv" : "node",
      entry_point: "server/index.js",
      mcp_config: { ...launch(), platform_overrides: { win32: launch() } },
    },
    tools: [{ name: "forecast", description: "Tomorrow" }],
    tools_generated: false,
    prompts: [{ name: "ask", description: "Asks", arguments: ["city"], text: "How is it in ${arguments.city}?" }],
    prompts_generated: true,
    keywords: ["weather"],
    license: "Apache-2.0",
    compatibility: {
      claude_desktop: ">=1.0.0",
      platforms: ["darwin", "win32", "linux"],
      runtimes: { python: ">=3.9", node: ">=20" },
    },
    user_config: {
      key: {
        type: "string",
        title: "Key",
        description: "For the service",
        required: true,
        default: ["a"],
        multiple: false,
        sensitive: true,
        min: 1,
        max: 2.5,
      },
    },
    ...(version >= "0.2" ? { privacy_policies: ["https://acme.example/privacy"] } : {}),
    ...(version >= "0.3"
      ? {
          icons: [{ src: "icon.png", size: "48x48", theme: "dark" }],
          localization: { resources: "locales/${locale}.json", default_locale: "en-US" },
          _meta: { "example.acme": { anything: [1, null] } },
        }
      : {}),
  };
}

/** A place in a document, as the keys that lead there. */
export type Path = readonly (string | number)[];

/** Every place in a document but its root. */
export function placesIn(value: Json, at: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return steps.flatMap((step) => {
    const path = [...at, step];
    return [path, ...placesIn(memberOf(value, step) ?? null, path)];
  });
}

export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function memberOf(value: Json, step: string | number): Json | undefined {
  return (value as Readonly<Record<string | number, Json>>)[step];
}

/** A copy with another value at a place, or without it. */
export function changed(value: Json, path: Path, member: Json | undefined): Json {
  const copy = structuredClone(value) as JsonMap;
  let parent: JsonMap = copy;
  for (const step of path.slice(0, -1)) parent = parent[step] as JsonMap;
  const last = path.at(-1) ?? "";
  if (member !== undefined) parent[last] = member;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

const STRANGE_TEXTS: readonly string[] = [
  ...["", " ", "x", "0.1", "0.2", "0.3", "0.4", "0.5", "uv", "node", "python", "binary", "string", "file", "linux"],
  ...[
    "48x48",
    "48x48\n",
    "x48",
    "4٣x48",
    "${locale}",
    "a${locale}b",
    "$locale",
    "en",
    "en-US",
    "e",
    "en-",
    "en_US",
    "enenenene",
  ],
  ...[
    "http://",
    "http://a",
    "http:a",
    "a:",
    "a:b",
    "1a:b",
    "//a",
    "/a",
    "a",
    "http://a b",
    "http://a/%zz",
    "http://a/%41",
  ],
  ...["http://[::1]/", "http://[::1", "http://[1]/", "http://[v1.a]:80/", "http://a:80", "http://u:p@a/?q#f"],
  ...[
    "http://a/#b#c",
    "http://a/\\",
    "http://ä/",
    "http://a/ä",
    "http://a\n",
    "\nhttp://a",
    "http://a/[",
    "file:///a",
    "urn:a:b",
  ],
  ...["http://a?b[c]", "HTTP://A", "http:///", "http://%41", 'http://"', "http://a|b", "mailto:", "data:,x"],
  ...[
    "a@b.c",
    "a@b",
    "a.b@c.d",
    ".a@b.c",
    "a.@b.c",
    "a@@b.c",
    "a@b.c ",
    "a@-b.c",
    "a@b-.c",
    "a@b..c",
    "ä@b.c",
    '"a"@b.c',
    "a@b.c\n",
  ],
  ...["a+b@c-d.e", "@b.c", "a@", "a@b_c.d", "constructor", "toString"],
];

const values: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...STRANGE_TEXTS) },
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e300,
    [],
    {},
    ["a"],
    [1],
    [null],
    { a: "b" },
    { a: 1 },
    { name: "a" },
  ),
  fc.constantFrom<Json>([{}], [["a"]], { a: {} }, { a: { b: 1 } }, { type: "string", title: "a", description: "b" }),
  fc.string({ unit: "binary", maxLength: 8 }),
);

const names = fc.constantFrom(
  "x",
  "args",
  "name",
  "type",
  "icons",
  "privacy_policies",
  "_meta",
  "constructor",
  "hasOwnProperty",
  "",
  "a/b",
);

interface Change {
  /** Which place, counted round. */
  readonly place: number;
  readonly action: "replace" | "remove" | "add";
  readonly name: string;
  readonly value: Json;
}

const changes: fc.Arbitrary<readonly Change[]> = fc.array(
  fc.record({
    place: fc.nat(),
    action: fc.constantFrom("replace" as const, "remove" as const, "add" as const),
    name: names,
    value: values,
  }),
  { minLength: 1, maxLength: 2 },
);

/** Complete manifests of a format with one or two changes: places replaced, removed, or given another member. */
export function damagedManifests(version: ManifestVersion): fc.Arbitrary<Json> {
  return changes.map((list) => {
    let manifest: Json = completeManifest(version);
    for (const { place, action, name, value } of list) {
      const places = placesIn(manifest);
      const path = places[place % places.length];
      if (path === undefined) continue;
      if (action === "add") manifest = changed(manifest, [...parentOf(manifest, path), name], value);
      else manifest = changed(manifest, path, action === "remove" ? undefined : value);
    }
    return manifest;
  });
}

/** The nearest object at or above a place. */
function parentOf(document: Json, path: Path): Path {
  for (let length = path.length; length > 0; length--) {
    let value: Json | undefined = document;
    for (const step of path.slice(0, length)) value = memberOf(value ?? null, step);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return path.slice(0, length);
  }
  return [];
}
