// Builds dist/ (the program) and, with --tests, build/test/ (the tests).
//
// The program is CommonJS chunks, because Node 20 starts them fastest: esbuild splits only ES
// modules, so it bundles those first and each chunk is then rewritten to CommonJS, `import()` to a
// `require()` on first use. Shared code is in one chunk only, so an error class is the same everywhere.
// Packages under `dependencies` stay outside; all others are bundled, with their licences beside them.

import { build, transform } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from "node:fs";

const { version, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  // jsonc-parser names its parts by variables in its CommonJS build, which cannot be bundled.
  mainFields: ["module", "main"],
  legalComments: "none",
  logLevel: "warning",
  external: Object.keys(dependencies),
};

/** Constants of the sources: the version, and the worker's file name beside the built chunk. */
function constants(workerFile) {
  return { BOLTSEAL_VERSION: JSON.stringify(version), HASH_WORKER_FILE: JSON.stringify(workerFile) };
}

async function buildProgram() {
  const result = await build({
    ...common,
    define: constants("hash-worker.cjs"),
    entryPoints: { boltseal: "src/cli/main.ts", "hash-worker": "src/io/hash-worker.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    write: false,
    metafile: true,
  });
  rmSync("dist", { recursive: true, force: true });
  mkdirSync("dist");
  for (const file of result.outputFiles) {
    const { code } = await transform(file.text, {
      format: "cjs",
      platform: "node",
      target: "node20.19",
      minifySyntax: true,
      minifyWhitespace: true,
      supported: { "dynamic-import": false },
      define: { "import.meta.dirname": "__dirname" },
    });
    writeFileSync(file.path, code);
  }
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licensesOf(Object.keys(result.metafile.inputs)));
}

/** The licence texts of the packages that the bundled files come from. */
function licensesOf(files) {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].toSorted().map((folder) => {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const license = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    if (license === undefined) throw new Error(`${folder} has no licence file`);
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${readFileSync(`${folder}/${license}`, "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

async function buildTests() {
  rmSync("build/test", { recursive: true, force: true });
  const entryPoints = readdirSync("test").filter((name) => name.endsWith(".ts")).map((name) => `test/${name}`);
  await build({
    ...common,
    define: constants("hash-worker.js"),
    entryPoints: [...entryPoints, "src/io/hash-worker.ts"],
    entryNames: "[name]",
    outdir: "build/test",
    format: "esm",
    sourcemap: "linked",
    packages: "external",
  });
}

await buildProgram();
if (process.argv.includes("--tests")) await buildTests();
