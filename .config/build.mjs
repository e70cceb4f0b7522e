// Builds dist/ (the program) and, with --tests, build/test/ (the tests).
//
// The program is few CommonJS files, because Node 20 starts those fastest: one that answers --version
// and loads the other, and the program, in which every module that is behind an `import()` is
// evaluated only when it is asked for. Packages under `dependencies` stay outside and are required on
// first use; all others are bundled, with their licences beside them.

import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { trustRoots, tufStart } from "./trust-roots.mjs";

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

/** Modules that are files of their own and are loaded by `import()`: what most runs never need. */
const APART = {
  "./program.ts": "./program.cjs",
  "./spinner.ts": "./spinner.cjs",
  "./sigstore-bundle.ts": "./sigstore.cjs",
  "./tuf-client.ts": "./tuf-client.cjs",
};

const apart = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === "dynamic-import" && Object.hasOwn(APART, path) ? { path: APART[path], external: true } : undefined,
    );
  },
};

/** What the TUF client would open sockets with: it is handed a function that fetches. */
const withoutSockets = {
  name: "without-sockets",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^make-fetch-happen$/ }, ({ path }) => ({ path, namespace: "none" }));
    onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "module.exports = undefined;" }));
  },
};

const PROGRAM = {
  boltseal: "src/cli/main.ts",
  program: "src/cli/program.ts",
  spinner: "src/cli/spinner.ts",
  sigstore: "src/verify/sigstore-bundle.ts",
  "tuf-client": "src/cli/tuf-client.ts",
  "hash-worker": "src/io/hash-worker.ts",
};

async function buildProgram() {
  rmSync("dist", { recursive: true, force: true });
  const { metafile } = await build({
    ...common,
    define: { ...constants("hash-worker.cjs"), "import.meta.dirname": "__dirname" },
    entryPoints: PROGRAM,
    plugins: [apart, withoutSockets],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { "dynamic-import": false },
    metafile: true,
  });
  writeFileSync("dist/trust-roots.json", trustRoots());
  writeFileSync("dist/tuf-start.json", tufStart());
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licensesOf(Object.keys(metafile.inputs)));
}

/** The licence texts of the packages that the bundled files come from. */
function licensesOf(files) {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].toSorted().map((folder) => {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${readFileSync(licenseOf(folder), "utf8").trim()}\n`;
  });
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

/** The licence file of a package; of one that was packed without it, that of a sibling from the same repository. */
function licenseOf(folder) {
  const source = (path) => {
    const { repository, license } = JSON.parse(readFileSync(`${path}/package.json`, "utf8"));
    return `${license} ${repository?.url}`;
  };
  const scope = folder.slice(0, folder.lastIndexOf("/"));
  const siblings = scope.slice(scope.lastIndexOf("/") + 1).startsWith("@") ? readdirSync(scope) : [];
  for (const path of [folder, ...siblings.map((name) => `${scope}/${name}`)]) {
    const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
    if (file !== undefined && source(path) === source(folder)) return `${path}/${file}`;
  }
  throw new Error(`${folder} has no licence file`);
}

async function buildTests() {
  rmSync("build/test", { recursive: true, force: true });
  const entryPoints = readdirSync("test")
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `test/${name}`);
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
