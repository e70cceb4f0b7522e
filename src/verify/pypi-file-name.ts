// File names of Python distributions, and when two of them mean the same one.
//
//   wheel = name "-" version [ "-" build ] "-" tags "-" tags "-" tags ".whl"    binary distribution format
//   tags  = tag *( "." tag )                                                    in any order (PEP 425)
//   sdist = name "-" version ".tar.gz"                                          PEP 625; ".zip" before that

import { pythonNameKey, pythonVersionKey } from "../core/package-version.ts";

/** File systems take no longer ones. */
const MAX_FILE_NAME = 255;

/** Equal for names of the same distribution; undefined for what is no name of a distribution. */
function distributionKey(fileName: string): string | undefined {
  // ASCII only: other characters have namesakes, and no distribution has them.
  if (fileName.length > MAX_FILE_NAME || !/^[A-Za-z0-9][A-Za-z0-9._+!-]*$/.test(fileName)) return undefined;
  const [, stem = "", ending] = /^(.+?)(\.whl|\.tar\.gz|\.zip)$/.exec(fileName) ?? [];
  if (ending === undefined) return undefined;
  return ending === ".whl" ? wheelKey(stem) : sdistKey(stem, ending);
}

function wheelKey(stem: string): string | undefined {
  const parts = stem.split("-");
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [name = "", version = ""] = parts;
  const build = parts.length === 6 ? parts[2] : "";
  if (build === undefined || !/^(?:$|[0-9])/.test(build)) return undefined;
  const tags = parts.slice(-3).map((set) => [...new Set(set.toLowerCase().split("."))].toSorted().join("."));
  return keyOf("wheel", name, version, build.toLowerCase(), ...tags);
}

/** A name may hold dashes, a version does not (its normal form). */
function sdistKey(stem: string, ending: string): string | undefined {
  const dash = stem.lastIndexOf("-");
  return dash === -1 ? undefined : keyOf(ending, stem.slice(0, dash), stem.slice(dash + 1));
}

function keyOf(kind: string, name: string, version: string, ...others: readonly string[]): string | undefined {
  const versionKey = pythonVersionKey(version) ?? pythonVersionKey(version.replaceAll("_", "-"));
  if (versionKey === undefined || !/^[A-Za-z0-9]/.test(name)) return undefined;
  // None of the parts holds a blank.
  return [kind, pythonNameKey(name), versionKey, ...others].join(" ");
}

/** Whether two file names are of the same distribution. Never for what is no name of one. */
export function sameDistribution(one: string, other: string): boolean {
  const key = distributionKey(one);
  return key !== undefined && key === distributionKey(other);
}
