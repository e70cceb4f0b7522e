// SPDX 2.2 and 2.3 SBOMs in JSON as a source: packages and files are components, relationships are edges.
//
//   {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "creationInfo": {"created", "creators"},
//    "packages": [{"SPDXID", "name", "versionInfo", "checksums", "externalRefs"}], "files": [{"SPDXID", "fileName"}],
//    "relationships": [{"spdxElementId", "relationshipType", "relatedSpdxElement"}]}
//
// Source: spdx.github.io/spdx-spec/v2.3; ISO/IEC 5962:2021 for 2.2.

import { mayHoldAddress, shownIdentifier } from "../core/bom-problem.ts";
import { UserError } from "../core/errors.ts";
import type { Component, Inventory } from "../core/inventory.ts";
import { isJsonObject, itemsOf, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { spdxBreaches } from "../core/spdx-rules.ts";
import { anonymousRoot, parseBom, readBomText } from "./bom-text.ts";
import type { BomText } from "./bom-text.ts";
import { createKeys, createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import type { LockNode } from "./lock-node.ts";
import { scopesOf } from "./lock-scopes.ts";
import type { ReadSource } from "./source.ts";
import { claimOf, documentOf } from "./spdx-document.ts";
import { readFileElement, readPackage } from "./spdx-package.ts";
import type { ReadElement } from "./spdx-package.ts";
import { relationsOf } from "./spdx-relationships.ts";
import type { SpdxRelations } from "./spdx-relationships.ts";

export const readSpdx: ReadSource = async (input) => {
  const source = readBomText(input);
  refuseOtherForms(source);
  const { document } = parseBom(source);
  const version = textMember(document, "spdxVersion");
  if (member(document, "@context") !== undefined) throw unsupported(source.file, "SPDX 3 (JSON-LD)");
  if (version === undefined) throw new UserError("source-malformed", `${source.file}:1: it has no spdxVersion`);
  if (!/^SPDX-2\.[23]$/.test(version)) throw unsupported(source.file, version.slice(0, 20));
  const reading = readElements(document, source.file);
  linkElements(reading);
  const dangling = new Set(reading.missing.map((index) => `/relationships/${index}/`));
  for (const { pointer, message } of spdxBreaches(document).form) {
    // What an element needs and is not there is said with the element.
    if (dangling.has(pointer.replace(/[^/]*$/, ""))) continue;
    const where = pointer === "" ? "the document" : pointer;
    reading.remarks.add({
      rule: "sbom-invalid",
      subject: source.file,
      message: `${where}: ${message}`,
      file: source.file,
    });
  }
  return await Promise.resolve(inventoryOf(document, version, source, reading));
};

/** @throws UserError `source-unsupported` */
function refuseOtherForms({ file, text }: BomText): void {
  const head = text.slice(0, 4096);
  if (/^\s*</.test(head)) throw unsupported(file, "SPDX in RDF/XML");
  if (/^(?:#.*\n|\s*\n)*SPDXVersion:/.test(head)) throw unsupported(file, "SPDX in tag-value form");
  if (!/^\s*[[{]/.test(head) && /^["']?(?:spdxVersion|SPDXID)["']?\s*:/m.test(head))
    throw unsupported(file, "SPDX in YAML");
}

function unsupported(file: string, what: string): UserError {
  return new UserError("source-unsupported", `${file}: ${what} is not read`, {
    hint: "SPDX 2.2 and 2.3 in JSON are; pyspdxtools converts: pyspdxtools --infile FILE --outfile bom.spdx.json",
  });
}

interface Element {
  readonly node: LockNode;
  readonly id: string;
  readonly scope?: Component["scope"];
  /** Keys and places of its copies. */
  readonly copies: readonly { readonly key: string; readonly location: string }[];
}

interface Reading {
  readonly file: string;
  readonly remarks: Remarks;
  readonly relations: SpdxRelations;
  readonly root: LockNode;
  /** Without the root. */
  readonly elements: Element[];
  /** By SPDXID; the first of several counts. */
  readonly byId: Map<string, LockNode>;
  /** Whose relationships say that their needs are known. */
  readonly known: Set<LockNode>;
  readonly unknown: Set<LockNode>;
  /** Relationships that lead nowhere, by their place in the list. */
  readonly missing: number[];
}

/** Texts of licences that the list of SPDX does not have, by identifier (clause 10). */
function licenseTexts(document: JsonObject): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const item of itemsOf(member(document, "hasExtractedLicensingInfos"))) {
    if (!isJsonObject(item)) continue;
    const [id, name, text] = ["licenseId", "name", "extractedText"].map((key) => textMember(item, key));
    const said = [name, text].find((value) => value !== undefined && value !== "" && value !== "NOASSERTION");
    if (id !== undefined && said !== undefined && said.length <= 1000) texts.set(id, said);
  }
  return texts;
}

function readElements(document: JsonObject, file: string): Reading {
  const relations = relationsOf(document);
  const licenses = licenseTexts(document);
  const createKey = createKeys();
  const remarks = createRemarks(file);
  const byId = new Map<string, LockNode>();
  const elements: Element[] = [];
  const [rootId] = relations.described;
  let root: LockNode | undefined;
  const take = (json: JsonObject, place: string, read: (isRoot: boolean) => ReadElement): void => {
    const id = textMember(json, "SPDXID") ?? "";
    const isRoot = root === undefined && id !== "" && id === rootId;
    const { component, scope, complaints, copies: places } = read(isRoot);
    const key = isRoot ? "" : createKey(id === "" || id.length > 2000 || mayHoldAddress(id) ? place : id);
    const node: LockNode = { component: { key, ...component, file }, edges: new Map(), unknownEdges: true };
    if (isRoot) root = node;
    else {
      const copies = places.map((location) => ({ key: createKey(`${key}#${location}`), location }));
      elements.push({ node, id, copies, ...(scope === undefined ? {} : { scope }) });
    }
    if (id !== "" && !byId.has(id)) byId.set(id, node);
    const { location } = component;
    const where = { file, ...(location === undefined ? {} : { path: [location] }) };
    for (const complaint of complaints) remarks.add({ ...complaint, subject: componentName(component), ...where });
  };
  for (const kind of ["packages", "files"] as const) {
    for (const [index, json] of itemsOf(member(document, kind)).entries()) {
      const place = `${kind}/${index}`;
      if (!isJsonObject(json)) {
        remarks.add({ rule: "inventory-incomplete", subject: `/${place}`, message: "is no element", file });
        continue;
      }
      take(json, place, (isRoot) =>
        kind === "packages" ? readPackage(json, isRoot, licenses) : readFileElement(json),
      );
    }
  }
  const known = new Set<LockNode>();
  return {
    file,
    remarks,
    relations,
    root: root ?? { component: anonymousRoot(file), edges: new Map(), unknownEdges: true },
    elements,
    byId,
    known,
    unknown: new Set(),
    missing: [],
  };
}

function linkElements(reading: Reading): void {
  const { relations, byId, known, unknown, missing, remarks, root, file } = reading;
  for (const { from, to, scope, index } of relations.edges) {
    const [source, target] = [byId.get(from), byId.get(to)];
    if (source !== undefined && to === "NOASSERTION") unknown.add(source);
    if (source !== undefined && to === "NONE") known.add(source);
    if (source === undefined || to === "NONE" || to === "NOASSERTION") continue;
    known.add(source);
    if (target === undefined) {
      missing.push(index);
      const message = `depends on ${shownIdentifier(to)}, which the SBOM does not have`;
      remarks.add({ rule: "inventory-incomplete", subject: componentName(source.component), message, file });
      continue;
    }
    const before = source.edges.get(target);
    if (before === undefined || scope === "runtime" || before === "development") source.edges.set(target, scope);
  }
  for (const { from, to, index } of relations.parts) {
    if (to === "NONE" || to === "NOASSERTION" || byId.has(to)) continue;
    missing.push(index);
    const source = byId.get(from);
    const subject = source === undefined ? file : componentName(source.component);
    const message = `${source === undefined ? "describes" : "contains"} ${shownIdentifier(to)}, which the SBOM does not have`;
    remarks.add({ rule: "inventory-incomplete", subject, message, file });
  }
  for (const subject of relations.broken) {
    remarks.add({ rule: "inventory-incomplete", subject, message: "is not as it must be, and is not read", file });
  }
  // What another package than the one that it is all about contains came in its archive.
  for (const { node, id } of reading.elements) {
    const container = byId.get(relations.containers.get(id) ?? "");
    if (container === undefined || container === root || container === node) continue;
    if (node.component.origin.kind !== "unknown") continue;
    node.component.origin = { kind: "bundled", within: componentName(container.component) };
  }
}

function inventoryOf(document: JsonObject, version: string, source: BomText, reading: Reading): Inventory {
  const { root, elements, known, unknown } = reading;
  const scopes = scopesOf(root);
  const finished = (node: LockNode, scope: Component["scope"]): Component => ({
    ...node.component,
    scope,
    ...(known.has(node) && !unknown.has(node)
      ? { dependsOn: [...node.edges.keys()].map((to) => to.component.key) }
      : {}),
  });
  const claim = claimOf(document);
  if (claim === "incomplete") {
    const message = "it says of itself that it is incomplete";
    reading.remarks.add({ rule: "inventory-incomplete", subject: source.file, message, file: source.file });
  }
  const remarks = reading.remarks.list();
  return {
    path: source.file,
    digest: source.digest,
    size: source.size,
    root: finished(root, "runtime"),
    components: elements.flatMap(({ node, scope, copies }) => {
      const component = finished(node, scope ?? scopes.get(node) ?? "runtime");
      return [component, ...copies.map((copy) => ({ ...component, ...copy }))];
    }),
    completeness: remarks.some(({ rule }) => rule === "inventory-incomplete") ? "incomplete" : claim,
    remarks,
    skipped: [],
    document: documentOf(document, version),
  };
}
