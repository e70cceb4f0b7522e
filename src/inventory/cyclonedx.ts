// CycloneDX SBOMs in JSON, 1.2 to 1.7, as a source: every component at every depth is one of the inventory.
//
//   {"bomFormat": "CycloneDX", "specVersion", "metadata": {"component", …}, "components": [{"components": […]}],
//    "dependencies": [{"ref", "dependsOn"}], "compositions": [{"aggregate", …}]}
//
// `dependencies` are the edges. A component that is nested in another one is part of it, and no dependency.
// Source: cyclonedx.org/docs/1.7/json; ECMA-424.

import { referenceBreaches } from "../core/cyclonedx-rules.ts";
import { mayHoldAddress, stepsOf } from "../core/bom-problem.ts";
import type { BomProblem } from "../core/bom-problem.ts";
import { isCycloneDxVersion, schemaProblem } from "../core/cyclonedx-schema.ts";
import type { CycloneDxVersion } from "../core/cyclonedx-schema.ts";
import { UserError } from "../core/errors.ts";
import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { LargeJson } from "../core/large-json.ts";
import { anonymousRoot, parseBom, readBomText } from "./bom-text.ts";
import type { BomText } from "./bom-text.ts";
import { createKeys, createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { readComponent } from "./cyclonedx-component.ts";
import { demandList, takeEdges } from "./cyclonedx-edges.ts";
import { claimOf, documentOf } from "./cyclonedx-document.ts";
import { componentName } from "./component-name.ts";
import type { ReadSource } from "./source.ts";

export const readCycloneDx: ReadSource = async (input) => {
  const source = readBomText(input);
  const { file, text } = source;
  if (/^\s*</.test(text.slice(0, 1000))) {
    throw new UserError("source-unsupported", `${file}: CycloneDX in XML is not read`, {
      hint: "convert it with cyclonedx-cli: cyclonedx convert --input-file bom.xml --output-file bom.json",
    });
  }
  const { document, json } = parseBom(source);
  const version = versionOf(document, file);
  const reading = startReading(source, json);
  const problem = await schemaProblem(document, version);
  // What a component depends on and is not there is said with the component.
  const told = referenceBreaches(document).filter(({ pointer }) => !/^\/dependencies\/\d+\/dependsOn\//.test(pointer));
  for (const breach of [...(problem === undefined ? [] : [problem]), ...told])
    reading.remarks.add(invalid(reading, breach));
  return inventoryOf(document, version, source, reading);
};

/** @throws UserError `source-malformed`, `source-unsupported` */
function versionOf(document: JsonObject, file: string): CycloneDxVersion {
  if (textMember(document, "bomFormat") !== "CycloneDX") {
    throw new UserError("source-malformed", `${file}:1: bomFormat is not "CycloneDX"`);
  }
  const version = textMember(document, "specVersion");
  if (version === undefined) throw new UserError("source-malformed", `${file}:1: it has no specVersion`);
  if (isCycloneDxVersion(version)) return version;
  throw new UserError(
    "source-unsupported",
    `${file}: CycloneDX ${/^[\w.-]{1,20}$/.test(version) ? version : "of another version"} is not read`,
    {
      hint: "1.2 to 1.7 are; cyclonedx-cli converts: cyclonedx convert --input-file FILE --output-file bom.json --output-version v1_6",
    },
  );
}

function invalid({ file, lineOf }: Reading, { pointer, message }: BomProblem): Remark {
  const line = pointer === "" ? undefined : lineOf(stepsOf(pointer));
  const where = pointer === "" ? "the document" : pointer;
  return {
    rule: "sbom-invalid",
    subject: file,
    message: `${where}: ${message}`,
    file,
    ...(line === undefined ? {} : { line }),
  };
}

type Draft = { -readonly [Name in keyof Component]: Component[Name] };

interface Reading {
  readonly file: string;
  readonly remarks: Remarks;
  readonly components: Draft[];
  /** Keys by bom-ref; the first of several counts. */
  readonly keys: Map<string, string>;
  readonly byKey: Map<string, Draft>;
  readonly createKey: (wanted: string) => string;
  /** Further places of a component. */
  readonly copies: Map<Draft, readonly string[]>;
  /** Line of a path; undefined for documents so large that lines would cost more than all else. */
  readonly lineOf: (path: readonly (string | number)[]) => number | undefined;
}

/** Longer documents get no lines: to count them takes several times their size. */
const MAX_LINES_TEXT = 4 * 2 ** 20;

function startReading({ file, text }: BomText, json: LargeJson): Reading {
  const hasLines = text.length <= MAX_LINES_TEXT;
  return {
    file,
    remarks: createRemarks(file),
    components: [],
    keys: new Map(),
    byKey: new Map(),
    createKey: createKeys(),
    copies: new Map(),
    lineOf: (path) => (hasLines ? json.lineOf(path) : undefined),
  };
}

function inventoryOf(document: JsonObject, version: string, source: BomText, reading: Reading): Inventory {
  const metadata = demandObject(document, "metadata", "/metadata", reading) ?? {};
  const about = demandObject(metadata, "component", "/metadata/component", reading);
  const root =
    about === undefined ? { ...anonymousRoot(source.file), scope: "runtime" as const } : takeRoot(about, reading);
  // What the root consists of, then what is listed: in the order of the document.
  takeAll(
    about === undefined ? undefined : member(about, "components"),
    ["metadata", "component", "components"],
    undefined,
    reading,
  );
  takeAll(member(document, "components"), ["components"], undefined, reading);
  const claim = claimOf(document, about === undefined ? undefined : textMember(about, "bom-ref"));
  takeEdges(document, claim.unknown, reading);
  if (claim.completeness === "incomplete") {
    const message = "it says of itself that it is incomplete";
    reading.remarks.add({ rule: "inventory-incomplete", subject: source.file, message, file: source.file });
  }
  const remarks = reading.remarks.list();
  const isIncomplete = remarks.some(({ rule }) => rule === "inventory-incomplete");
  const services = member(document, "services");
  return {
    path: source.file,
    digest: source.digest,
    size: source.size,
    root,
    components: reading.components.flatMap((component) => withCopies(component, reading)),
    completeness: isIncomplete ? "incomplete" : claim.completeness,
    remarks,
    skipped:
      Array.isArray(services) && services.length > 0
        ? [{ path: source.file, reason: `services (${services.length}): a service is no component` }]
        : [],
    document: documentOf(document, version),
  };
}

/** A member that is an object; what should be one and is not may hold components. */
function demandObject(json: JsonObject, name: string, subject: string, reading: Reading): JsonObject | undefined {
  const found = objectMember(json, name);
  if (found !== undefined || member(json, name) === undefined) return found;
  reading.remarks.add({ rule: "inventory-incomplete", subject, message: "is no object", file: reading.file });
  return undefined;
}

function takeRoot(json: JsonObject, reading: Reading): Draft {
  const { component, complaints } = readComponent(json, { isRoot: true });
  const line = reading.lineOf(["metadata", "component"]);
  const root: Draft = { key: "", ...component, file: reading.file, ...(line === undefined ? {} : { line }) };
  const ref = textMember(json, "bom-ref");
  if (ref !== undefined) reading.keys.set(ref, "");
  reading.byKey.set("", root);
  complain(root, complaints, reading);
  return root;
}

function complain(
  component: Component,
  complaints: ReturnType<typeof readComponent>["complaints"],
  reading: Reading,
): void {
  const { file, line, location } = component;
  for (const complaint of complaints) {
    reading.remarks.add({
      ...complaint,
      subject: componentName(component),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(location === undefined ? {} : { path: [location] }),
    });
  }
}

type Place = readonly (string | number)[];

/** Components of a list, each followed by those that are nested in it. */
function takeAll(list: Json | undefined, place: Place, within: string | undefined, reading: Reading): void {
  for (const [index, json] of demandList(list, place, reading).entries()) {
    const at = [...place, index];
    if (!isJsonObject(json)) {
      const subject = `/${at.join("/")}`;
      reading.remarks.add({ rule: "inventory-incomplete", subject, message: "is no component", file: reading.file });
      continue;
    }
    const component = takeComponent(json, at, within, reading);
    takeAll(member(json, "components"), [...at, "components"], componentName(component), reading);
  }
}

function takeComponent(json: JsonObject, place: Place, within: string | undefined, reading: Reading): Component {
  const { component, complaints, copies } = readComponent(json, { isRoot: false, within });
  const ref = textMember(json, "bom-ref");
  // A reference that could hold an address with a token in it is no key: the place in the document is.
  const isPlain = ref !== undefined && ref !== "" && ref.length <= 2000 && !mayHoldAddress(ref);
  const key = reading.createKey(isPlain ? ref : place.join("/"));
  const line = reading.lineOf(place);
  const taken: Draft = { key, ...component, file: reading.file, ...(line === undefined ? {} : { line }) };
  if (ref !== undefined && !reading.keys.has(ref)) reading.keys.set(ref, key);
  reading.byKey.set(key, taken);
  if (copies.length > 0) reading.copies.set(taken, copies);
  reading.components.push(taken);
  complain(taken, complaints, reading);
  return taken;
}

/** A component and its copies elsewhere: all need the same, and who needs one of them needs the first. */
function withCopies(component: Draft, { copies, createKey }: Reading): readonly Component[] {
  const places = copies.get(component);
  if (places === undefined) return [component];
  return [
    component,
    ...places.map((location) => ({ ...component, key: createKey(`${component.key}#${location}`), location })),
  ];
}
