// What crates can be called and which versions they can have, wherever they are named: Cargo.lock, Cargo.toml, a program.

/** Cargo's own packages are ASCII; names of local ones may hold letters of other scripts (doc.rust-lang.org/cargo, "The name field"). */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_-]*$/u;
/** Semantic Versioning 2.0.0. */
const VERSION =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const MAX_LENGTH = 300;

/** What is impossible about a crate's name or version, as a clause, or undefined. */
export function cargoProblem(name: string, version: string): string | undefined {
  if (name.length > MAX_LENGTH || !NAME.test(name)) return "its name is none that a crate can have";
  if (version.length > MAX_LENGTH || !VERSION.test(version)) return "its version is none that a crate can have";
  return undefined;
}
