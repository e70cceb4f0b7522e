// Places of a bun.lock: its keys, which are paths of names. A package finds what it needs below itself, or below any
// of those that it lies in, or at the top.  `a/@b/c/d` is `d` in `@b/c` in `a`.

/** Deeper places are no work of bun. */
const MAX_NAMES = 100;
const MAX_PLACE = 8192;

/** The names of a place; undefined for a text that is none. */
export function namesOf(place: string): readonly string[] | undefined {
  if (place === "" || place.length > MAX_PLACE) return undefined;
  const names: string[] = [];
  let scope: string | undefined;
  for (const part of place.split("/")) {
    if (part === "" || names.length >= MAX_NAMES) return undefined;
    if (scope !== undefined) {
      names.push(`${scope}/${part}`);
      scope = undefined;
    } else if (part.startsWith("@")) scope = part;
    else names.push(part);
  }
  return scope === undefined ? names : undefined;
}

/** The place that one lies in, of those that are there. */
export function parentOf(names: readonly string[], has: (place: string) => boolean): string | undefined {
  for (let length = names.length - 1; length > 0; length--) {
    const place = names.slice(0, length).join("/");
    if (has(place)) return place;
  }
  return undefined;
}

/** What is found under a name from a place on, upwards. */
export function findFrom<T>(
  names: readonly string[],
  name: string,
  at: (place: string) => T | undefined,
): T | undefined {
  for (let place = names.join("/"), length = names.length; length > 0; length--) {
    const found = at(`${place}/${name}`);
    if (found !== undefined) return found;
    place = place.slice(0, Math.max(0, place.length - (names[length - 1]?.length ?? 0) - 1));
  }
  return at(name);
}
