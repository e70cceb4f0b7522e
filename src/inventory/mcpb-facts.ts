// What the manifest of an MCP bundle says that decides what runs and what it gets: the command, the names of its
// environment, its tools and secrets. Attacker-controlled; every type may be wrong, and what is wrong is left out here and
// reported by the check of the manifest.

import { createHash } from "node:crypto";
import type { McpFacts, Statements } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import { publicUrl } from "../core/public-url.ts";
import { withoutSecret } from "./mcpb-secrets.ts";
import { manifestStatements } from "./npm-manifest.ts";

export interface BundleFacts {
  readonly mcp: McpFacts;
  readonly statements?: Statements;
  /** Something that may be a secret was left out of a command. */
  readonly redacted: boolean;
}

export function bundleFacts(manifest: JsonObject, signed: boolean): BundleFacts {
  const server = objectMember(manifest, "server") ?? {};
  const config = objectMember(server, "mcp_config") ?? {};
  const overrides = Object.entries(objectMember(config, "platform_overrides") ?? {}).flatMap(([platform, override]) =>
    isJsonObject(override) ? [{ platform, override }] : [],
  );
  const launch = launchOf(config, {});
  const launches = overrides.flatMap(({ platform, override }) => {
    const own = launchOf(override, config);
    return own === undefined ? [] : [{ platform, ...own }];
  });
  const environment = new Set(
    [config, ...overrides.map(({ override }) => override)].flatMap((one) =>
      Object.keys(objectMember(one, "env") ?? {}),
    ),
  );
  const [serverType, entryPoint] = [textMember(server, "type"), textMember(server, "entry_point")];
  const sensitive = Object.entries(objectMember(manifest, "user_config") ?? {})
    .filter(([, option]) => isJsonObject(option) && member(option, "sensitive") === true)
    .map(([name]) => name);
  const [tools, prompts] = [describedIn(manifest, "tools"), describedIn(manifest, "prompts")];
  const statements = statementsOf(manifest);
  return {
    mcp: {
      ...(serverType === undefined ? {} : { serverType }),
      ...(entryPoint === undefined ? {} : { entryPoint }),
      ...(launch === undefined ? {} : { launch: launch.launch }),
      ...(launches.length === 0
        ? {}
        : { platformLaunches: launches.map(({ platform, launch: own }) => ({ platform, launch: own })) }),
      ...(environment.size === 0 ? {} : { environment: [...environment] }),
      ...(tools.length === 0 ? {} : { tools }),
      ...(prompts.length === 0 ? {} : { prompts }),
      ...(sensitive.length === 0 ? {} : { sensitiveConfig: sensitive }),
      signed,
    },
    ...(statements === undefined ? {} : { statements }),
    redacted: [launch, ...launches].some((one) => one?.redacted === true),
  };
}

function statementsOf(manifest: JsonObject): Statements | undefined {
  const statements = manifestStatements(manifest);
  const support = textMember(manifest, "support");
  const issues = support === undefined ? undefined : publicUrl(support)?.url;
  return issues === undefined ? statements : { ...statements, issues };
}

interface Launch {
  /** A JSON array. */
  readonly launch: string;
  readonly redacted: boolean;
}

/** Command and arguments; what an override does not name is as in the configuration that it is one of. */
function launchOf(config: JsonObject, base: JsonObject): Launch | undefined {
  const command = textMember(config, "command") ?? textMember(base, "command");
  const own = member(config, "command") !== undefined || member(config, "args") !== undefined;
  if (command === undefined || !own) return undefined;
  const args = member(config, "args") ?? member(base, "args");
  const words = [
    command,
    ...(Array.isArray(args) ? (args as readonly Json[]).filter((one) => typeof one === "string") : []),
  ];
  const shown = words.map((word, index) => withoutSecret(word, words[index - 1]));
  return { launch: JSON.stringify(shown), redacted: shown.some((word, index) => word !== words[index]) };
}

/** Tools or prompts by name, with a hash of what a model is told of them. */
function describedIn(manifest: JsonObject, name: string): readonly { name: string; descriptionSha256?: string }[] {
  const list = member(manifest, name);
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((one) => {
    const called = isJsonObject(one) ? textMember(one, "name") : undefined;
    if (!isJsonObject(one) || called === undefined) return [];
    const description = textMember(one, "description");
    const descriptionSha256 =
      description === undefined ? undefined : createHash("sha256").update(description).digest("hex");
    return [{ name: called, ...(descriptionSha256 === undefined ? {} : { descriptionSha256 }) }];
  });
}
