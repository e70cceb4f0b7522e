// How findings call a component, and where they point. Separate, because readers and what examines them say it alike.

import type { Component, Remark } from "../core/inventory.ts";

/** How findings call a component. */
export function componentName({ name, version }: Pick<Component, "name" | "version">): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** The members of a remark that say where a component is stated. */
export function placeOf({ file, line, location }: Component): Partial<Remark> {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(location === undefined ? {} : { path: [location] }),
  };
}
