// What is found inside a program, by the tool that wrote it and the architecture that it is for, and how it is put together.

import type { Component, Remark } from "../core/inventory.ts";

/** What one tool wrote into one program. */
export interface BuiltParts {
  /** Keys are unique in the list. */
  readonly components: readonly Component[];
  /** Keys of what the program itself needs. */
  readonly needed: readonly string[];
  readonly remarks: readonly Remark[];
  /** Of the module or crate that was built. */
  readonly name?: string;
  readonly version?: string;
  /** What the tool would call the program. */
  readonly command?: string;
  /** In npm's words. */
  readonly os?: string;
}

/** Parts and what tells them from others: a language, an architecture. */
export interface LabelledParts {
  readonly label: string;
  readonly parts: BuiltParts;
}

const NOTHING: BuiltParts = { components: [], needed: [], remarks: [] };

/** All parts under one another; where there are several, their keys begin with their labels. The first gives the name. */
export function joinParts(several: readonly LabelledParts[]): BuiltParts {
  const [first] = several;
  if (first === undefined) return NOTHING;
  if (several.length === 1) return first.parts;
  const labels = new Map<string, number>();
  const renamed = several.map(({ label, parts }) => {
    const count = (labels.get(label) ?? 0) + 1;
    labels.set(label, count);
    return withPrefix(parts, count === 1 ? label : `${label} ${count}`);
  });
  const seen = new Map(renamed.flatMap(({ remarks }) => remarks).map((remark) => [JSON.stringify(remark), remark]));
  return {
    ...first.parts,
    components: renamed.flatMap(({ components }) => components),
    needed: renamed.flatMap(({ needed }) => needed),
    remarks: [...seen.values()],
  };
}

function withPrefix(parts: BuiltParts, label: string): BuiltParts {
  const rename = (key: string): string => `${label}: ${key}`;
  return {
    ...parts,
    components: parts.components.map((component) => ({
      ...component,
      key: rename(component.key),
      ...(component.dependsOn === undefined ? {} : { dependsOn: component.dependsOn.map(rename) }),
      location: component.location === undefined ? label : `${label}/${component.location}`,
    })),
    needed: parts.needed.map(rename),
  };
}

/** Parts of several architectures: equal ones once, and a remark where they differ. */
export function joinArchitectures(several: readonly LabelledParts[], shown: string): BuiltParts {
  const distinct = new Map<string, LabelledParts>();
  for (const each of several) {
    const content = JSON.stringify([each.parts.components, each.parts.needed, each.parts.remarks]);
    if (!distinct.has(content)) distinct.set(content, each);
  }
  const kept = [...distinct.values()];
  const joined = joinParts(kept);
  if (kept.length < 2) return joined;
  const message = `its architectures were not built from the same code: ${kept.map(({ label }) => label).join(", ")}`;
  const remark: Remark = { rule: "inventory-incomplete", level: "warn", subject: shown, message, file: shown };
  return { ...joined, remarks: [...joined.remarks, remark] };
}
