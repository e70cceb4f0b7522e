// The places that npm's settings come from: the environment, and files. Separate from what the settings mean.
//
// npm takes NPM_CONFIG_* in any case. When a package manager started us, the names in lower case count for nothing: there
// it writes what a project's `.npmrc` says, even where the user's own files are. Names in capitals it leaves alone, so
// those are a person's, or a build system's.

import { platform } from "node:os";
import { dirname } from "node:path";
import { UserError } from "../core/errors.ts";
import { parseNpmIni } from "./npm-ini.ts";
import type { IniFile } from "./npm-ini.ts";
import { isNameTaken, readNamedFile, refuseForeignWriters } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";

const MAX_CONFIG_BYTES = 256 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** Something in the configuration that is not used as npm would use it. */
export interface NpmRemark {
  readonly file: string;
  readonly message: string;
}

/** One place that settings come from. */
export interface Layer {
  readonly shown: string;
  readonly settings: ReadonlyMap<string, string>;
  /** Keys whose variable has no value, and the variable. */
  readonly unresolved: ReadonlyMap<string, string>;
}

const MANAGER_MARKS = ["npm_lifecycle_event", "npm_execpath", "npm_command", "npm_package_json"];

/** @throws UserError `npm-config-malformed` for two spellings of one name that do not agree */
export function environmentLayer(env: Environment, remarks: NpmRemark[]): Layer {
  const settings = new Map<string, string>();
  const managed = MANAGER_MARKS.some((name) => env[name] !== undefined);
  for (const [name, value] of Object.entries(env)) {
    const key = /^npm_config_(registry|userconfig|globalconfig|prefix|cafile)$/i.exec(name)?.[1]?.toLowerCase();
    if (key === undefined || value === undefined || value === "") continue;
    // Windows does not tell names in capitals from others.
    if (managed && (name !== name.toUpperCase() || platform() === "win32")) {
      const message = "is not used: a package manager started this program, and writes a project's settings there";
      remarks.push({ file: name, message });
      continue;
    }
    if ((settings.get(key) ?? value) !== value)
      throw malformed(name, "the environment has this name twice, in capitals and not, with two values", "unset one");
    settings.set(key, value);
  }
  return { shown: "the environment", settings, unresolved: new Map() };
}

/** A file of settings; none where there is no file. */
export function fileLayer(file: FileName, env: Environment, remarks: NpmRemark[]): Layer {
  const { shown, path } = file;
  if (!isNameTaken(file)) return { shown, settings: new Map(), unresolved: new Map() };
  refuseForeignWriters([{ path: dirname(path), shown: dirname(shown) }, file], "user");
  const bytes = readNamedFile(file, MAX_CONFIG_BYTES, { mayBeEmpty: true });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError("npm-config-malformed", `${shown}: the file is not UTF-8 text`, { cause });
  }
  const content = parseNpmIni(text, env);
  for (const message of unusedSettings(content)) remarks.push({ file: shown, message });
  return { shown, settings: content.settings, unresolved: content.unresolved };
}

/** What npm would follow and we do not, or what npm does not follow and somebody may think it does. */
function unusedSettings({ settings, unresolved, sections }: IniFile): readonly string[] {
  const unused = (key: string, why: string): readonly string[] =>
    settings.has(key) ? [`${key} is not used: ${why}`] : [];
  return [
    ...(settings.get("strict-ssl") === "false"
      ? ["strict-ssl=false is not followed: certificates are always checked"]
      : []),
    ...["proxy", "https-proxy"].flatMap((key) => unused(key, "connections are direct")),
    ...["ca", "ca[]"].flatMap((key) => unused(key, "cafile names a file of authorities")),
    ...["_auth", "_authToken", "username", "_password"].flatMap((key) => unused(key, "it is for no particular host")),
    ...[...unresolved]
      .filter(([key]) => /:(?:_authToken|_auth|username|_password)$/.test(key))
      .map(([key, variable]) => `${key} is not used: the variable ${variable} is not set`),
    ...[...settings.keys()]
      .filter((key) => /^\/\/.*:(?:certfile|keyfile)$/.test(key))
      .map((key) => `${key} is not used: certificates of clients are not supported`),
    ...(sections.length === 0 ? [] : [`what follows the section [${sections[0]}] is not used`]),
  ];
}

export function malformed(where: string, what: string, hint?: string): UserError {
  return new UserError("npm-config-malformed", `${where}: ${what}`, hint === undefined ? {} : { hint });
}
