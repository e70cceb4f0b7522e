// The manifest of an MCP bundle, format 0.1 to 0.4, as a table: what the JSON Schemas of the MCPB project say, which
// refuse members that they do not name. Checked against those schemas by `npm run conformance`.

import { ANYTHING, BOOLEAN, either, listOf, mapOf, NUMBER, oneOf, record, TEXT, textThat } from "../core/json-shape.ts";
import type { Members, Shape } from "../core/json-shape.ts";
import { isMailAddress, isUri } from "../core/json-shape-formats.ts";

/** Oldest first; their order as texts is the order of their age. */
export const MANIFEST_VERSIONS = ["0.1", "0.2", "0.3", "0.4"] as const;
export type ManifestVersion = (typeof MANIFEST_VERSIONS)[number];

const TEXTS = listOf(TEXT);
const URI = textThat("a URI", isUri);

const SIZE = textThat("a size such as 48x48", (text) => /^[0-9]+x[0-9]+$/.test(text));
const RESOURCES = textThat("a path with ${locale}", (text) => text.includes("${locale}"));
const LOCALE = textThat("a language tag", (text) => /^[A-Za-z0-9]{2,8}(?:-[A-Za-z0-9]{1,8})*$/.test(text));
const NOT_EMPTY = textThat("a text that is not empty", (text) => text !== "");

const LAUNCH: Members = { command: TEXT, args: TEXTS, env: mapOf(TEXT) };

const AUTHOR = record({ name: TEXT }, { email: textThat("a mail address", isMailAddress), url: URI });
const ICON = record({ src: TEXT, size: SIZE }, { theme: NOT_EMPTY });

const USER_OPTION = record(
  { type: oneOf(["string", "number", "boolean", "directory", "file"]), title: TEXT, description: TEXT },
  {
    required: BOOLEAN,
    default: either(TEXT, NUMBER, BOOLEAN, TEXTS),
    multiple: BOOLEAN,
    sensitive: BOOLEAN,
    min: NUMBER,
    max: NUMBER,
  },
);

const COMPATIBILITY = record(
  {},
  {
    claude_desktop: TEXT,
    platforms: listOf(oneOf(["darwin", "win32", "linux"])),
    runtimes: record({}, { python: TEXT, node: TEXT }),
  },
);

function serverShape(version: ManifestVersion): Shape {
  const types = ["python", "node", "binary", ...(version >= "0.4" ? ["uv"] : [])];
  const launch = record(
    { command: TEXT },
    { args: TEXTS, env: mapOf(TEXT), platform_overrides: mapOf(record({}, LAUNCH)) },
  );
  return record({ type: oneOf(types), entry_point: TEXT, mcp_config: launch });
}

/** Members that a version added. */
const SINCE: Readonly<Partial<Record<ManifestVersion, Members>>> = {
  "0.2": { privacy_policies: listOf(URI) },
  "0.3": {
    icons: listOf(ICON),
    localization: record({ resources: RESOURCES, default_locale: LOCALE }),
    _meta: mapOf(mapOf(ANYTHING)),
  },
};

/** The shape of a manifest that says it is of this version. */
export function manifestShape(version: ManifestVersion): Shape {
  const added = MANIFEST_VERSIONS.filter((one) => one <= version).flatMap((one) => Object.entries(SINCE[one] ?? {}));
  return record(
    { name: TEXT, version: TEXT, description: TEXT, author: AUTHOR, server: serverShape(version) },
    {
      $schema: TEXT,
      dxt_version: oneOf([version]),
      manifest_version: oneOf([version]),
      display_name: TEXT,
      long_description: TEXT,
      repository: record({ type: TEXT, url: URI }),
      homepage: URI,
      documentation: URI,
      support: URI,
      icon: TEXT,
      screenshots: TEXTS,
      tools: listOf(record({ name: TEXT }, { description: TEXT })),
      tools_generated: BOOLEAN,
      prompts: listOf(record({ name: TEXT, text: TEXT }, { description: TEXT, arguments: TEXTS })),
      prompts_generated: BOOLEAN,
      keywords: TEXTS,
      license: TEXT,
      compatibility: COMPATIBILITY,
      user_config: mapOf(USER_OPTION),
      ...Object.fromEntries(added),
    },
  );
}
