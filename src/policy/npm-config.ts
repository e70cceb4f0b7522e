// Which registry npm packages come from, with which credentials: from the user's own and the machine's npm
// configuration. Never from a project's `.npmrc`, and npm itself is not started.
//
// For each setting the first of these counts, as in npm:
//
//   environment   NPM_CONFIG_REGISTRY, NPM_CONFIG_CAFILE
//   user          the file NPM_CONFIG_USERCONFIG, else ~/.npmrc
//   machine       the file NPM_CONFIG_GLOBALCONFIG, else PREFIX/etc/npmrc, where PREFIX is NPM_CONFIG_PREFIX, else `prefix` of
//                 the user's file, else the folder that node was installed in
//
// Which spellings of the names count, npm-layers.ts says.

import { platform } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { parseHttpsUrl } from "../io/net-url.ts";
import { authorizationFor } from "./npm-credentials.ts";
import { environmentLayer, fileLayer, malformed } from "./npm-layers.ts";
import type { Layer, NpmRemark } from "./npm-layers.ts";
import { readNamedFile, refuseForeignWriters } from "./policy-files.ts";

const MAX_CA_BYTES = 4 * 1024 * 1024;

export interface NpmSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home, absolute. */
  readonly home: string;
  /** The running node, absolute (`process.execPath`). */
  readonly execPath: string;
}

export interface NpmRegistry {
  /** https, ends in a slash, without query and userinfo. */
  readonly url: URL;
  /** Where that is written. */
  readonly source: string;
  /** Value of the Authorization header for a URL, where the configuration has credentials for it. */
  authorization(url: URL): string | undefined;
  /** Certificates (PEM) that replace the usual authorities: what the file of `cafile` holds. */
  readonly ca?: string;
}

export interface NpmConfig {
  readonly remarks: readonly NpmRemark[];
  /**
   * The registry of a package: that of its scope, else the general one. There is no default.
   * @throws UserError `npm-registry-missing`, `npm-config-malformed`, and for a `cafile` that cannot be read
   */
  registryFor(packageName: string): NpmRegistry;
}

interface Setting {
  readonly key: string;
  readonly value: string;
  /** The place, as messages call it. */
  readonly shown: string;
}

/** @throws UserError for files that cannot be read, or that others could have written */
export function readNpmConfig(surroundings: NpmSurroundings): NpmConfig {
  const { home, execPath } = surroundings;
  const remarks: NpmRemark[] = [];
  const environment = environmentLayer(surroundings.env, remarks);
  const pathOf = (layers: readonly Layer[], key: string): string | undefined => {
    const setting = settingOf(layers, key);
    return setting === undefined ? undefined : absolutePath(setting, home);
  };
  const read = (path: string): Layer => fileLayer({ path, shown: shownPath(path, home) }, surroundings.env, remarks);
  const user = read(pathOf([environment], "userconfig") ?? join(home, ".npmrc"));
  const prefix = pathOf([environment, user], "prefix") ?? installationPrefix(execPath);
  const machine = read(pathOf([environment, user], "globalconfig") ?? join(prefix, "etc", "npmrc"));
  const layers = [environment, user, machine];
  return {
    remarks,
    registryFor(packageName) {
      const found = registrySetting(packageName, layers);
      const ca = authorities(layers, home);
      return {
        url: registryUrl(found),
        source: found.shown,
        authorization: (url) => authorizationFor(url, (key) => usable([user, machine], key)),
        ...(ca === undefined ? {} : { ca }),
      };
    },
  };
}

/** @throws UserError `npm-config-malformed` when what counts names a variable that has no value */
function settingOf(layers: readonly Layer[], key: string): Setting | undefined {
  for (const { shown, settings, unresolved } of layers) {
    const variable = unresolved.get(key);
    if (variable !== undefined)
      throw malformed(shown, `${key} names the variable ${variable}, which is not set`, `set ${variable}`);
    const value = settings.get(key);
    if (value !== undefined && value !== "") return { key, value, shown };
  }
  return undefined;
}

/** A credential; without a value where its variable has none, of which a remark tells. */
function usable(layers: readonly Layer[], key: string): string | undefined {
  const layer = layers.find(({ settings, unresolved }) => settings.has(key) || unresolved.has(key));
  return layer?.settings.get(key);
}

function registrySetting(packageName: string, layers: readonly Layer[]): Setting {
  const scope = /^@[^/]+(?=\/)/.exec(packageName)?.[0];
  const own = scope === undefined ? undefined : settingOf(layers, `${scope}:registry`);
  const found = own ?? settingOf(layers, "registry");
  if (found !== undefined) return found;
  const line = scope === undefined ? "registry=https://HOST/" : `${scope}:registry=https://HOST/`;
  throw new UserError(
    "npm-registry-missing",
    `${packageName}: no npm registry is configured, and there is no default`,
    {
      hint: `write the line ${line} into ~/.npmrc, with the host that you trust to deliver it`,
    },
  );
}

function registryUrl({ key, value, shown }: Setting): URL {
  let url: URL;
  try {
    url = parseHttpsUrl(value);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw malformed(shown, `${key}: ${cause.message}`, cause.hint);
  }
  if (url.search !== "") throw malformed(shown, `${key}: a registry's URL has no query`);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

function authorities(layers: readonly Layer[], home: string): string | undefined {
  const setting = settingOf(layers, "cafile");
  if (setting === undefined) return undefined;
  const path = absolutePath(setting, home);
  const file = { path, shown: shownPath(path, home) };
  refuseForeignWriters([file], "user");
  const text = readNamedFile(file, MAX_CA_BYTES).toString("latin1");
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw malformed(file.shown, "it holds no certificate in PEM");
  return text;
}

/** The folder that node was installed in, where npm looks for `etc/npmrc`. */
function installationPrefix(execPath: string): string {
  return platform() === "win32" ? dirname(execPath) : dirname(dirname(execPath));
}

/** @throws UserError `npm-config-malformed`: a relative path would lead into the project that we stand in */
function absolutePath({ key, value, shown }: Setting, home: string): string {
  const path = /^~[/\\]/.test(value) ? join(home, value.slice(2)) : value;
  if (isAbsolute(path)) return path;
  throw malformed(shown, `${key}: ${path} is a relative path`, "write it from the root, or with ~/");
}

function shownPath(path: string, home: string): string {
  return path.startsWith(join(home, "/")) ? `~/${path.slice(join(home, "/").length)}` : path;
}
