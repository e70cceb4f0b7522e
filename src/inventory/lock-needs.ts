// What is said of a node only by those who need it: under which name, and for which range. Collected while edges are
// made, because a node may be asked for a thousand times, and written into the facts once at the end.

import type { LockNode } from "./lock-node.ts";
import { publicReference } from "./lock-origin.ts";

export interface LockNeeds {
  /** `name` is that under which it is asked for; `wanted` what a project asks for, where the lockfile says. */
  note(node: LockNode, name: string, wanted?: string): void;
  write(): void;
}

/** So many different ones are told. */
const MAX_TOLD = 20;

/** @param secret is called for a node when what is asked for held one */
export function createLockNeeds(secret: (node: LockNode) => void): LockNeeds {
  const aliases = new Map<LockNode, Set<string>>();
  const ranges = new Map<LockNode, Set<string>>();
  const add = (sets: Map<LockNode, Set<string>>, node: LockNode, text: string): void => {
    const known = sets.get(node);
    if (known === undefined) sets.set(node, new Set([text]));
    else if (known.size < MAX_TOLD) known.add(text);
  };
  return {
    note(node, name, wanted) {
      if (name !== node.component.name) add(aliases, node, name);
      if (wanted === undefined || wanted === "") return;
      const shown = publicReference(wanted);
      if (shown.redacted) secret(node);
      add(ranges, node, shown.text);
    },
    write() {
      for (const [{ component }, names] of aliases) {
        component.facts = { ...component.facts, alias: [...names].join(", ") };
      }
      for (const [{ component }, wanted] of ranges) {
        component.facts = { ...component.facts, requested: [...wanted].join(", ") };
      }
    },
  };
}
