// A path as the relative URI reference (RFC 3986 section 4.2) that SARIF wants. Text only: nothing is
// looked up, and an absolute path of the machine never reaches the output.

/** Stands for a path that has no name of its own (`/`, `..`, the empty text). */
const UNNAMED = "unnamed";

/**
 * The path below the working directory, percent-encoded, without `.` and `..` segments.
 * A path that is absolute or leaves the working directory is given by its base name.
 */
export function relativeUri(path: string): string {
  // Drive letters and UNC names count as absolute everywhere: a report may be read on another system.
  const windows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
  const kept: string[] = [];
  let outside = windows || path.startsWith("/");
  for (const segment of path.split(windows ? /[\\/]/ : "/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") kept.push(segment);
    else if (kept.pop() === undefined) outside = true;
  }
  const last = kept.at(-1);
  if (last === undefined) return UNNAMED;
  // encodeURIComponent throws on lone surrogates; names that differ only in those share a URI.
  return (outside ? [last] : kept).map((segment) => encodeURIComponent(segment.toWellFormed())).join("/");
}
