// One node of an npm lockfile as a component: its name, digests, origin and facts, and what is wrong with them. Separate
// from the edges, which need all nodes.

import type { Component, Facts, InstallScript, Origin, Remark, Scope } from "../core/inventory.ts";
import { member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { isNpmName } from "../core/package-version.ts";
import { publicPath } from "../core/public-url.ts";
import { npmPurl } from "../core/purl.ts";
import type { Bundler } from "./npm-bundlers.ts";
import { isLink, isSet } from "./npm-node.ts";
import type { NpmNode } from "./npm-node.ts";
import { licenseOf, manifestFacts } from "./npm-manifest.ts";
import type { Draft } from "./npm-manifest.ts";
import { digestsOf } from "./npm-digests.ts";
import { parseAddress } from "./npm-origin.ts";
import type { Address } from "./npm-origin.ts";

/** What the lockfile knows of a node beside its own entry. */
export interface Surroundings {
  /** Of a link: the node that it leads to. */
  readonly target?: NpmNode | undefined;
  /** The package in whose archive it came: its key and name. */
  readonly bundler?: Bundler | undefined;
  /** True where an entry may say that it is bundled although no package above it lists it. */
  readonly believed: boolean;
  /** True for a folder that the project names as one of its workspaces, and for the link to it. */
  readonly workspace: boolean;
  readonly dependsOn?: readonly string[] | undefined;
  /** What the project asked for. */
  readonly requested?: string | undefined;
  /** The project's overrides name it. */
  readonly overridden: boolean;
}

export type ReportDetail = Pick<Remark, "expected" | "actual" | "level">;
export type Report = (rule: Remark["rule"], message: string, more?: ReportDetail) => void;

/** The component of a node. `report` gets what is wrong with it. */
export function componentOf(node: NpmNode, around: Surroundings, report: Report): Component {
  const { key, place } = node;
  const own = isLink(node.meta) ? around.target : node;
  const meta = own?.meta ?? {};
  const name = nameOf(own ?? node);
  const stated = isLink(node.meta) ? undefined : statedAddress(node.meta, report);
  const version = versionOf(meta, report) ?? stated?.archive?.version;
  const origin = originOf(node, around, stated);
  const { digests, otherChecksums } = digestsOf(node, origin, report);
  const facts = factsOf(node, meta, name, around);
  if (otherChecksums.length > 0) facts.otherChecksums = otherChecksums;
  checkClaims(node, origin, around, report);
  checkName(node, name, origin, report);
  if (stated !== undefined && around.bundler === undefined) checkArchive(stated, name, version, report);
  if (version === undefined && NEED_VERSION.includes(origin.kind))
    report("inventory-incomplete", "the lockfile states no version of it");
  const component: Draft<Component> = {
    key,
    kind: "library",
    name,
    digests,
    scope: scopeOf(isLink(node.meta) ? meta : node.meta),
    origin,
    facts,
  };
  if (version !== undefined) component.version = version;
  if (isNpmName(name) && (version === undefined || VERSION.test(version))) {
    const qualifiers = origin.kind === "bundled" ? undefined : stated?.qualifiers;
    component.purl = qualifiers === undefined ? plainPurl(name, version) : npmPurl(name, version, qualifiers);
  }
  if (digests.length === 0) component.undigested = reasonWithout(node, origin, around);
  if (around.dependsOn !== undefined) component.dependsOn = around.dependsOn;
  const license = licenseOf(meta);
  if (license !== undefined) component.statements = { license };
  if (place.kind !== "malformed") component.location = key;
  return component;
}

/** The name in the entry; else the last part of the place, with its scope. Empty for a place that names nothing. */
export function nameOf({ meta, place, trail }: NpmNode): string {
  const stated = textMember(meta, "name");
  if (stated !== undefined && stated !== "") return stated;
  if (place.kind === "package") return place.name;
  const parts = (trail.at(-1) ?? "").split(/[/\\]/).filter((part) => part !== "");
  const [scope = "", last = ""] = parts.slice(-2).length === 2 ? parts.slice(-2) : ["", parts.at(-1)];
  return (scope.startsWith("@") ? `${scope}/${last}` : last).slice(0, 1001);
}

/** What a version may hold: old registries have versions that are not quite semantic ones. */
const VERSION = /^[0-9A-Za-z.+-]{1,256}$/;
/** Here a version is always known: without one, nobody can say what is installed. */
const NEED_VERSION: readonly Origin["kind"][] = ["registry", "unknown"];

function versionOf(meta: JsonObject, report: Report): string | undefined {
  const version = member(meta, "version");
  if (version === undefined || version === null || version === "") return undefined;
  if (typeof version !== "string") {
    report("component-malformed", "its version is no text");
    return undefined;
  }
  if (!VERSION.test(version)) report("component-malformed", "its version is not one that npm has", { actual: version });
  return version;
}

/**
 * As `npmPurl`, in a tenth of the time: names and versions that were checked hold two characters that have to be encoded,
 * and nearly every component has nothing else.
 */
export function plainPurl(name: string, version: string | undefined): string {
  const path = name.startsWith("@") ? `%40${name.slice(1)}` : name;
  return version === undefined ? `pkg:npm/${path}` : `pkg:npm/${path}@${version.replaceAll("+", "%2B")}`;
}

function checkName({ place, problem }: NpmNode, name: string, origin: Origin, report: Report): void {
  if (place.kind === "malformed") return report("component-malformed", place.why);
  if (problem !== undefined) return report("component-malformed", problem);
  // The name of a folder is its owner's affair: it is never asked for by name from a registry.
  const free = origin.kind === "directory" || origin.kind === "workspace";
  const wrong = [...(free ? [] : [name]), ...(place.kind === "package" ? [place.name] : [])].find(
    (each) => !isNpmName(each),
  );
  if (wrong !== undefined) report("component-malformed", "its name is not one that npm has", { actual: wrong });
}

function statedAddress(meta: JsonObject, report: Report): Address | undefined {
  const resolved = member(meta, "resolved");
  // npm 5 and 6 wrote `false` for what they had from a bundle.
  if (resolved === undefined || resolved === null || typeof resolved === "boolean" || resolved === "") return undefined;
  if (typeof resolved !== "string") {
    report("component-malformed", "its address is no text");
    return undefined;
  }
  const address = parseAddress(resolved);
  if (address.problem !== undefined) report("component-malformed", address.problem);
  if (address.redacted) report("secret-removed", "its address in the lockfile holds a user name, password or query");
  return address;
}

/** An archive of another package under this name is what an attacker would write into a lockfile. */
function checkArchive({ archive }: Address, name: string, version: string | undefined, report: Report): void {
  if (archive === undefined) return;
  if (archive.name !== name) {
    report("component-malformed", "its address is that of another package", { expected: name, actual: archive.name });
  } else if (version !== undefined && archive.version !== undefined && bare(archive.version) !== bare(version)) {
    const [expected, actual] = [`${name}@${version}`, `${name}@${archive.version}`];
    report("component-malformed", "its address is that of another version", { expected, actual });
  }
}

/** Without build metadata, which registries leave out of file names. */
function bare(version: string): string {
  return version.replace(/\+.*$/s, "").replace(/^[v=\s]+/, "");
}

/** Where npm goes by something else than what an entry says of itself: it would look like another one than it is. */
function checkClaims({ meta, place }: NpmNode, origin: Origin, around: Surroundings, report: Report): void {
  if (isSet(meta, "inBundle") && around.bundler === undefined && !around.believed) {
    report("component-malformed", "it says that it is bundled, and no package above it bundles it");
  }
  if (isSet(meta, "hasShrinkwrap")) {
    const message = "it brings a lockfile of its own, which decides what npm installs for it";
    report("inventory-incomplete", message, { level: "warn" });
  }
  if (place.kind === "folder" && !["directory", "workspace", "unknown"].includes(origin.kind)) {
    report("component-malformed", "its place is in no node_modules, and it has the address of a package");
  }
}

function originOf(node: NpmNode, { target, bundler, workspace }: Surroundings, stated: Address | undefined): Origin {
  const { meta, place, key } = node;
  if (isLink(meta)) {
    const path = target === undefined ? undefined : publicPath(target.key);
    return { kind: workspace ? "workspace" : "directory", ...(path === undefined ? {} : { path }) };
  }
  if (place.kind === "folder" && stated === undefined) {
    const path = publicPath(key);
    return { kind: workspace ? "workspace" : "directory", ...(path === undefined ? {} : { path }) };
  }
  if (bundler !== undefined) return { kind: "bundled", within: bundler.key };
  if (stated !== undefined) return stated.origin;
  // npm leaves the address out when it is told to (omit-lockfile-registry-resolved).
  return { kind: textMember(meta, "integrity") === undefined ? "unknown" : "registry" };
}

function reasonWithout({ meta, place, key }: NpmNode, origin: Origin, { bundler }: Surroundings): string {
  if (isLink(meta)) return "a link to a folder";
  if (bundler !== undefined && origin.kind === "bundled") return `bundled inside ${bundler.name}`;
  if (origin.kind === "git") {
    return origin.commit === undefined ? "a git reference that can move" : `pinned by git commit ${origin.commit}`;
  }
  if (origin.kind === "workspace" || origin.kind === "directory") {
    return place.kind === "folder" && key.startsWith("..") ? "a folder beside the project" : "a folder of the project";
  }
  return "the lockfile states none";
}

function scopeOf(meta: JsonObject): Scope {
  if (isSet(meta, "dev")) return "development";
  if (isSet(meta, "optional") || isSet(meta, "devOptional")) return "optional";
  return isSet(meta, "peer") ? "peer" : "runtime";
}

const SCRIPT: readonly InstallScript[] = [{}];

function factsOf(node: NpmNode, meta: JsonObject, name: string, around: Surroundings): Draft<Facts> {
  const facts = manifestFacts(meta, name);
  const { place } = node;
  // Without the flag nothing is known: npm has it from the registry, and some never send it.
  if (isSet(meta, "hasInstallScript")) facts.installScripts = SCRIPT;
  if (place.kind === "package" && place.name !== name) facts.alias = place.name;
  if (around.bundler !== undefined || (around.believed && isSet(node.meta, "inBundle"))) facts.bundled = true;
  if (isSet(node.meta, "extraneous")) facts.extraneous = true;
  if (isLink(node.meta)) facts.linked = true;
  if (around.requested !== undefined) facts.requested = around.requested;
  if (around.overridden) facts.patched = "named by the overrides of the project";
  return facts;
}
