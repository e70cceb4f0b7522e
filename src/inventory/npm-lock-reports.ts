// The remarks that reading an npm lockfile makes, with line and place. Separate, because lines are looked for only when
// there is something to say: to index a long lockfile takes longer than to read it.

import type { Remark } from "../core/inventory.ts";
import { textMember } from "../core/json-value.ts";
import type { LargeJson } from "../core/large-json.ts";
import { nameOf } from "./npm-component.ts";
import type { ReportDetail } from "./npm-component.ts";
import type { Edges } from "./npm-edges.ts";
import type { NpmNode } from "./npm-node.ts";

export interface Reports {
  add(node: NpmNode, rule: Remark["rule"], message: string, more?: ReportDetail): void;
  /** What a node, or the root (undefined), asks for and the lockfile does not hold. */
  missing(node: NpmNode | undefined, edges: Edges): void;
  /** All remarks; the ones about peers, which npm leaves out when it is told to, in one. */
  finish(): readonly Remark[];
}

export function createReports(shown: string, json: LargeJson): Reports {
  const remarks: Remark[] = [];
  const withoutPeers: string[] = [];
  const add: Reports["add"] = (node, rule, message, more) => {
    const subject = subjectOf(node);
    const line = json.lineOf(node.trail);
    const path = node.place.kind === "malformed" ? {} : { path: [node.key] };
    remarks.push({ rule, subject, message, ...more, file: shown, line, ...path });
  };
  return {
    add,
    missing(node, { missing }) {
      const needed = missing.filter(({ kind }) => kind !== "peer").map(({ name }) => name);
      const peers = missing.filter(({ kind }) => kind === "peer").map(({ name }) => name);
      const asker = node === undefined ? "the project" : subjectOf(node);
      withoutPeers.push(...peers.map((peer) => `${peer} (for ${asker})`));
      if (needed.length === 0) return;
      const message = `it asks for what the lockfile does not hold: ${listed(needed)}`;
      if (node !== undefined) add(node, "inventory-incomplete", message);
      else {
        const line = json.lineOf(["packages", ""]);
        remarks.push({
          rule: "inventory-incomplete",
          subject: shown,
          message: `the project asks for what the lockfile does not hold: ${listed(needed)}`,
          file: shown,
          line,
        });
      }
    },
    finish() {
      if (withoutPeers.length === 0) return remarks;
      const message = `${withoutPeers.length === 1 ? "a peer dependency is" : `${withoutPeers.length} peer dependencies are`} asked for and not locked: ${listed(withoutPeers)}`;
      // npm installs without them when it is told to (legacy-peer-deps), and then that is all there is.
      return [...remarks, { rule: "inventory-incomplete", level: "warn", subject: shown, message, file: shown }];
    },
  };
}

/** How remarks call a node: as the component will be called. */
export function subjectOf(node: NpmNode): string {
  const version = textMember(node.meta, "version");
  return version === undefined || version === "" ? nameOf(node) : `${nameOf(node)}@${version}`;
}

/** The first five, and a sign when there are more. */
export function listed(names: readonly string[]): string {
  return `${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""}`;
}
