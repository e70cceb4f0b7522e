// Makers of inventories for the tests of what is written of them: a component needs only what the test is about.

import { parseDigest } from "../../src/core/digest.ts";
import type { Digest } from "../../src/core/digest.ts";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import { npmPurl } from "../../src/core/purl.ts";

/** A declared digest whose hex is one character again and again. */
export function digest(algorithm: "md5" | "sha1" | "sha224" | "sha256" | "sha512", character: string): Digest {
  const bytes = { md5: 16, sha1: 20, sha224: 28, sha256: 32, sha512: 64 }[algorithm];
  const read = parseDigest(`${algorithm}:${character.repeat(bytes * 2)}`);
  if (read === undefined) throw new TypeError(`no digest of ${character}`);
  return read;
}

/** `a@1.0.0` as an npm package from a registry, with one digest. */
export function npmComponent(name: string, version: string, more: Partial<Component> = {}): Component {
  const short = name.slice(name.lastIndexOf("/") + 1);
  return {
    key: `node_modules/${name}`,
    kind: "library",
    name,
    version,
    purl: npmPurl(name, version),
    digests: [digest("sha512", "a")],
    scope: "runtime",
    origin: {
      kind: "registry",
      url: `https://registry.npm.example/${name}/-/${short}-${version}.tgz`,
      host: "registry.npm.example",
    },
    dependsOn: [],
    facts: {},
    location: `node_modules/${name}`,
    ...more,
  };
}

export function inventoryOf(components: readonly Component[], more: Partial<Inventory> = {}): Inventory {
  return {
    path: "package-lock.json",
    root: {
      key: "",
      kind: "application",
      name: "demo",
      version: "1.0.0",
      purl: npmPurl("demo", "1.0.0"),
      digests: [],
      undigested: "the project itself",
      scope: "runtime",
      origin: { kind: "workspace", path: "" },
      dependsOn: components.map(({ key }) => key),
      facts: {},
    },
    components,
    completeness: "complete",
    remarks: [],
    skipped: [],
    ...more,
  };
}
