// Compiles the JSON schemas of CycloneDX 1.2 to 1.7 into one CommonJS file each, so that a run needs no compiler and
// only the version that it meets. The schemas are those of the specification, as cyclonedx-library ships them.

import ajvModule from "ajv";
import codegen from "ajv/dist/compile/codegen/index.js";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { readFileSync } from "node:fs";

/** The schema of each version: the strict ones are those that the specification's own cases are for. */
const SCHEMAS = {
  1.2: "bom-1.2-strict",
  1.3: "bom-1.3-strict",
  1.4: "bom-1.4",
  1.5: "bom-1.5",
  1.6: "bom-1.6",
  1.7: "bom-1.7",
};
/** What they refer to. */
const PARTS = ["spdx", "jsf-0.82", "cryptography-defs"];

/** The text of a call of what the compiled schemas need at run time. */
const { _ } = codegen;
const FORMATS = _`require("./src/core/schema-formats.ts").FORMATS`;
const EQUAL_ITEMS = _`require("./src/core/schema-formats.ts").equalItems`;

/** Members that tell people what a schema means: a third of its text, and no program asks for them. */
const PROSE = new Set(["title", "description", "$comment", "examples", "meta:enum", "deprecated", "default"]);

/** A schema without its prose. Below these members stand names of the document's own members, whatever they are called. */
function withoutProse(schema, areNames = false) {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((item) => withoutProse(item));
  const members = Object.entries(schema)
    .filter(([name]) => areNames || !PROSE.has(name))
    .map(([name, value]) => {
      if (name === "enum" && !areNames) return [name, value];
      const holdsNames = ["properties", "patternProperties", "definitions", "dependencies"].includes(name) && !areNames;
      return [name, withoutProse(value, holdsNames)];
    });
  return Object.fromEntries(members);
}

function schemaNamed(name) {
  const path = `node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`;
  return withoutProse(JSON.parse(readFileSync(path, "utf8")));
}

/** `uniqueItems` in linear time: the compiler's own compares each item with each other one. */
const uniqueItems = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: { message: "must not have duplicate items" },
  code(context) {
    const { gen, data, schema } = context;
    if (schema !== true) return;
    const equalItems = gen.scopeValue("func", { ref: uniqueItems, key: "equalItems", code: EQUAL_ITEMS });
    context.fail(_`${equalItems}(${data}) !== undefined`);
  },
};

/** `enum` of texts by a set: the compiler's own asks one after another, and SPDX has seven hundred licences. */
const enumOfTexts = {
  keyword: "enum",
  schemaType: "array",
  error: { message: "must be equal to one of the allowed values" },
  code(context) {
    const { gen, data, schema } = context;
    if (!schema.every((value) => typeof value === "string")) throw new Error("an enum holds more than texts");
    const texts = gen.scopeValue("func", { ref: schema, code: _`new Set(${codegen.stringify(schema)})` });
    context.fail(_`!${texts}.has(${data})`);
  },
};

/** The source of a validator. It stops at the first problem: a document may have a million. */
function sourceOf(name) {
  const ajv = new ajvModule.default({
    strict: false,
    // Nothing is run here, so neither are the functions that the schemas' own schema would need.
    validateSchema: false,
    addUsedSchema: false,
    inlineRefs: false,
    code: { source: true, formats: FORMATS },
  });
  for (const format of ["date", "date-time", "iri-reference", "uri", "idn-email"]) {
    ajv.addFormat(format, () => true);
  }
  for (const keyword of [uniqueItems, enumOfTexts]) {
    ajv.removeKeyword(keyword.keyword);
    ajv.addKeyword(keyword);
  }
  for (const part of PARTS) {
    // The schemas refer to their parts by file name, which is not what the parts call themselves.
    const { $id: _id, ...schema } = schemaNamed(part);
    ajv.addSchema(schema, `http://cyclonedx.org/schema/${part}.SNAPSHOT.schema.json`);
  }
  return standalone.default(ajv, ajv.compile(schemaNamed(name)));
}

/** Writes `cyclonedx-1.6.cjs` and its like. Answers with the results of esbuild. */
export async function buildValidators(folder, options) {
  const files = Object.entries(SCHEMAS).map(([version, name]) =>
    build({
      ...options,
      stdin: { contents: sourceOf(name), resolveDir: process.cwd() },
      outfile: `${folder}/cyclonedx-${version}.cjs`,
      minify: true,
    }),
  );
  return await Promise.all(files);
}
