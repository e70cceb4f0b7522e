// Names and versions by the rules of the two package ecosystems: which are valid, and which two texts mean the same.
// Texts are attacker-controlled, so lengths come first and expressions have no nested repetition without a separator.

const MAX_NPM_NAME = 214;
const MAX_VERSION = 256;

/** A name that npm installs: of today, or an old one with upper case. Compared exactly, always. */
export function isNpmName(name: string): boolean {
  if (name.length > MAX_NPM_NAME || /^(?:node_modules|favicon\.ico)$/i.test(name)) return false;
  return /^(?:@[A-Za-z0-9~-][A-Za-z0-9._~-]*\/[A-Za-z0-9_~-]|[A-Za-z0-9~-])[A-Za-z0-9._~-]*$/.test(name);
}

const NUMBER = "(?:0|[1-9][0-9]*)";
const PRERELEASE = `(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`;
const SEMVER = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);

/** One exact version (Semantic Versioning 2.0.0). Compared exactly, always. */
export function isSemver(version: string): boolean {
  return version.length <= MAX_VERSION && SEMVER.test(version);
}

/** A name that the core metadata of Python allows. */
export function isPythonName(name: string): boolean {
  return name.length <= MAX_VERSION && /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name);
}

/** Equal for names that mean the same project (PEP 503). */
export function pythonNameKey(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

const PYTHON_VERSION = new RegExp(
  [
    "^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)",
    "(?:[-_.]?(?<stage>alpha|a|beta|b|preview|pre|rc|c)(?:[-_.]?(?<stageNumber>[0-9]+))?)?",
    "(?:-(?<implicitPost>[0-9]+)|[-_.]?(?<post>post|rev|r)(?:[-_.]?(?<postNumber>[0-9]+))?)?",
    "(?:[-_.]?(?<dev>dev)(?:[-_.]?(?<devNumber>[0-9]+))?)?",
    "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
  ].join(""),
  "i",
);

const STAGES: Readonly<Record<string, string>> = { alpha: "a", beta: "b", c: "rc", pre: "rc", preview: "rc" };

/**
 * Equal for versions that PEP 440 holds for equal: `1.0`, `v1.0.0` and `01.0` are one. Undefined for a text that is
 * no version, and so for a range.
 */
export function pythonVersionKey(version: string): string | undefined {
  if (version.length > MAX_VERSION) return undefined;
  const parts = PYTHON_VERSION.exec(version)?.groups;
  if (parts === undefined) return undefined;
  const release = (parts["release"] ?? "").split(".").map(plain);
  while (release.length > 1 && release.at(-1) === "0") release.pop();
  const stage = parts["stage"]?.toLowerCase();
  const post = parts["implicitPost"] ?? (parts["post"] === undefined ? undefined : (parts["postNumber"] ?? "0"));
  const local = parts["local"]?.toLowerCase().split(/[-_.]/).map(plain).join(".");
  return [
    `${plain(parts["epoch"] ?? "0")}!${release.join(".")}`,
    stage === undefined ? "" : `${STAGES[stage] ?? stage}${plain(parts["stageNumber"] ?? "0")}`,
    post === undefined ? "" : `.post${plain(post)}`,
    parts["dev"] === undefined ? "" : `.dev${plain(parts["devNumber"] ?? "0")}`,
    local === undefined ? "" : `+${local}`,
  ].join("");
}

/** Digits without leading zeros; other text as it is. */
function plain(text: string): string {
  return /^[0-9]+$/.test(text) ? text.replace(/^0+(?=[0-9])/, "") : text;
}
