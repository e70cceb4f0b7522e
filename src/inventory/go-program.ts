// The components of a Go program, from its build information: its main module, what was compiled in, the standard library.
// Edges between them are not recorded: all are the program's.

import type { Component, Facts, Remark } from "../core/inventory.ts";
import { goPurl } from "../core/purl.ts";
import type { GoBuildInfo } from "./go-build-info.ts";
import { createKeys } from "./component-key.ts";
import { goComponent, goModuleProblem, isFolder } from "./go-module.ts";
import type { GoModule } from "./go-module.ts";
import { goModuleKey, isGoHash } from "./go-sum.ts";
import type { BuiltParts } from "./binary-parts.ts";

const COMPILED_IN = "compiled into the program";

/** @param shown how messages call the program */
export function goParts(info: GoBuildInfo, shown: string): BuiltParts {
  const remarks: Remark[] = [...new Set(info.problems)].map((message) => incomplete(shown, message));
  const components: Component[] = [];
  const keyOf = createKeys();
  const { main, settings } = info;
  if (main !== undefined) {
    const key = keyOf(goModuleKey(main.path, versionOf(main)));
    components.push(mainComponent(info, key, checked(main, shown, remarks), shown));
  }
  for (const module of info.dependencies) {
    const safe = checked(module, shown, remarks);
    const { path, version } = safe;
    const stated = (safe.replacement ?? safe).sum !== undefined;
    components.push(
      goComponent(safe, {
        key: keyOf(goModuleKey(path, version)),
        scope: "runtime",
        undigested: stated ? "compiled into the program, which states the hash of its list of files" : COMPILED_IN,
        facts: { bundled: true },
        file: shown,
      }),
    );
  }
  components.push(standardLibrary(info.goVersion, keyOf("stdlib"), shown));
  const version = versionOf(main);
  const os = settings.get("GOOS");
  return {
    components,
    needed: components.map(({ key }) => key),
    remarks,
    ...(main === undefined ? {} : { name: main.path }),
    ...(version === undefined ? {} : { version }),
    ...(info.path === undefined ? {} : { command: commandOf(info.path) }),
    ...(os === undefined ? {} : { os: os === "windows" ? "win32" : os }),
  };
}

function incomplete(subject: string, message: string): Remark {
  return { rule: "inventory-incomplete", subject, message, file: subject };
}

/** The last part of a package path that is no major version: what `go install` calls the program. */
function commandOf(path: string): string {
  const parts = path.split("/");
  const last = parts.at(-1) ?? path;
  return /^v\d+$/.test(last) ? (parts.at(-2) ?? last) : last;
}

/** The module without hashes that are none; what is impossible about it goes to `remarks`. */
function checked(module: GoModule, shown: string, remarks: Remark[]): GoModule {
  const { path, version, sum, replacement } = module;
  const subject = goModuleKey(path, version === "" ? undefined : version);
  const place = { subject, file: shown };
  const isPlain = version !== undefined && version !== "" && version !== "(devel)";
  const problem = isFolder(path) ? undefined : goModuleProblem(path, isPlain ? version : undefined);
  if (problem !== undefined) remarks.push({ rule: "component-malformed", message: problem, ...place });
  const bad = sum !== undefined && !isGoHash(sum);
  if (bad) {
    const message = "its hash is none: h1: and the base64 of 32 bytes is expected";
    remarks.push({ rule: "integrity-malformed", message, actual: sum, ...place });
  }
  return {
    path,
    ...(isPlain ? { version } : {}),
    ...(sum === undefined || bad ? {} : { sum }),
    ...(replacement === undefined ? {} : { replacement: checked(replacement, shown, remarks) }),
  };
}

function versionOf(main: GoModule | undefined): string | undefined {
  const { version } = main ?? {};
  return version === undefined || version === "" || version === "(devel)" ? undefined : version;
}

/** The module that the program itself belongs to: from a registry where it was built by version, else from a work tree. */
function mainComponent({ settings }: GoBuildInfo, key: string, main: GoModule, shown: string): Component {
  const commit = settings.get("vcs") === "git" ? settings.get("vcs.revision") : undefined;
  const isFull = commit !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit);
  const changed = settings.get("vcs.modified") === "true";
  const facts: Facts = {
    bundled: true,
    ...(changed ? { patched: "built from a work tree with changes that were not committed" } : {}),
  };
  const component = goComponent(main, {
    key,
    scope: "runtime",
    undigested: isFull ? `built from git commit ${commit}` : COMPILED_IN,
    facts,
    file: shown,
  });
  if (main.replacement !== undefined || main.sum !== undefined) return component;
  return { ...component, origin: isFull ? { kind: "git", commit } : { kind: "workspace" } };
}

/** Named as Go's vulnerability database names it. */
function standardLibrary(goVersion: string, key: string, shown: string): Component {
  const version = /^go(\d+(?:\.\d+)*(?:(?:rc|beta)\d+)?)(?![\w.])/.exec(goVersion)?.[1];
  return {
    key,
    kind: "library",
    name: "stdlib",
    version: version ?? goVersion,
    ...(version === undefined ? {} : { purl: goPurl("stdlib", version) }),
    digests: [],
    undigested: COMPILED_IN,
    scope: "runtime",
    origin: { kind: "bundled", within: "Go" },
    facts: { bundled: true },
    file: shown,
  };
}
