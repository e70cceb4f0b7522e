// The graph that the readers of pnpm, yarn and bun lockfiles fill: nodes, edges, remarks; and what follows from them:
// scopes, completeness, and paths to what is missing. Separate, because these must mean the same in all of them.

import { createHash } from "node:crypto";
import type { Component, Inventory, Remark, Scope } from "../core/inventory.ts";
import type { RuleId } from "../core/rules.ts";
import { boundRemarks } from "./component-key.ts";
import { isStronger, nodeName } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";
import { scopesOf, tracePaths } from "./lock-scopes.ts";
import type { Draft } from "./npm-manifest.ts";
import type { SourceInput } from "./source.ts";

export type { LockNode } from "./lock-node.ts";

interface RemarkPlace {
  readonly line?: number | undefined;
  /** Whose need it is: becomes the path from the root. */
  readonly node?: LockNode;
}

export interface LockGraph {
  readonly root: LockNode;
  /** The key is made unique: of two equal ones the second gets `#2`. */
  add(component: LockNode["component"]): LockNode;
  connect(from: LockNode, to: LockNode, scope: Scope): void;
  remark(rule: RuleId, subject: string, message: string, place?: RemarkPlace): void;
  /** A remark `inventory-incomplete`: `from` asks for `wanted`, and the lockfile does not have it. */
  missing(from: LockNode, wanted: string, line?: number): void;
  /** Says once for a component that a secret stood in one of its addresses. */
  secret(node: LockNode): void;
  /** The lockfile cannot tell everything; a known gap says more. */
  setUnknown(): void;
  finish(bytes: Buffer): Inventory;
}

/** An empty graph with a root. `input` names the lockfile. */
export function createLockGraph({ tree, path }: SourceInput, rootComponent: LockNode["component"]): LockGraph {
  const file = tree.shown(path);
  const nodes: LockNode[] = [];
  const uses = new Map<string, number>([["", 1]]);
  const remarks: { readonly remark: Draft<Remark>; readonly node: LockNode | undefined }[] = [];
  const secrets = new Set<LockNode>();
  let unknown = false;
  const root: LockNode = { component: rootComponent, edges: new Map(), unknownEdges: false };

  const remark: LockGraph["remark"] = (rule, subject, message, place = {}) => {
    const made: Draft<Remark> = { rule, subject, message, file };
    if (place.line !== undefined) made.line = place.line;
    remarks.push({ remark: made, node: place.node });
  };
  return {
    root,
    add(component) {
      component.key = uniqueKey(component.key, uses);
      const node: LockNode = { component, edges: new Map(), unknownEdges: false };
      nodes.push(node);
      return node;
    },
    connect(from, to, scope) {
      const known = from.edges.get(to);
      if (known === undefined || isStronger(scope, known)) from.edges.set(to, scope);
    },
    remark,
    missing(from, wanted, line = from.component.line) {
      const message = `asks for ${wanted}, which the lockfile does not have`;
      remark("inventory-incomplete", nodeName(from), message, { line, node: from });
    },
    secret(node) {
      if (secrets.has(node)) return;
      secrets.add(node);
      const { line } = node.component;
      remark("secret-removed", nodeName(node), "a user name, password or token stands in its address", { line });
    },
    setUnknown() {
      unknown = true;
    },
    finish(bytes) {
      const scopes = scopesOf(root);
      const paths = tracePaths(
        root,
        remarks.flatMap(({ node }) => node ?? []),
      );
      const said = remarks.map(({ remark: made, node }) => {
        const trace = node === undefined ? undefined : paths.get(node);
        if (trace !== undefined) made.path = trace;
        return made;
      });
      const kept = boundRemarks(said, file);
      const incomplete = kept.some(({ rule }) => rule === "inventory-incomplete");
      return {
        path: file,
        digest: { algorithm: "sha256", hex: createHash("sha256").update(bytes).digest("hex"), from: "computed" },
        size: bytes.length,
        root: finished(root, "runtime"),
        components: nodes.map((node) => finished(node, scopes.get(node) ?? node.statedScope ?? "runtime")),
        completeness: incomplete ? "incomplete" : unknown ? "unknown" : "complete",
        remarks: kept,
        skipped: [],
      };
    },
  };
}

function uniqueKey(key: string, uses: Map<string, number>): string {
  for (let made = key; ;) {
    const count = uses.get(made) ?? 0;
    uses.set(made, count + 1);
    if (count === 0) return made;
    made = `${key}#${count + 1}`;
  }
}

function finished({ component, edges, unknownEdges }: LockNode, scope: Scope): Component {
  const made: Draft<Component> = { ...component, scope };
  if (!unknownEdges) made.dependsOn = Array.from(edges.keys(), (node) => node.component.key);
  return made;
}
