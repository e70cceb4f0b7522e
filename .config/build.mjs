// Builds dist/ (the program) and, with --tests, build/test/ (the tests).
//
// The program is few CommonJS files, because Node 20 starts those fastest: one that answers --version
// and loads the other; the program, in which every module that is behind an `import()` is evaluated only
// when it is asked for; and files for what most runs never need. Packages under `dependencies` stay outside and are required on
// first use; all others are bundled, with their licences beside them.

import { build } from "esbuild";
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { trustRoots, tufStart } from "./trust-roots.mjs";
import { buildValidators } from "./validators.mjs";

const { version, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const common = {
  bundle: true,
  platform: "node",
  target: "node20.19",
  // jsonc-parser names its parts by variables in its CommonJS build, which cannot be bundled.
  mainFields: ["module", "main"],
  legalComments: "none",
  logLevel: "warning",
  // `#…` are files of dist/ (package.json, `imports`).
  external: [...Object.keys(dependencies), "#cyclonedx/*"],
};

/** Constants of the sources: the version, and the worker's file name beside the built chunk. */
function constants(workerFile) {
  return { BOLTSEAL_VERSION: JSON.stringify(version), HASH_WORKER_FILE: JSON.stringify(workerFile) };
}

/**
 * Files of the program that most runs never need, and the modules through which they are entered. What these need and
 * the program has is taken from there, so that each module with a state exists once.
 */
const APART = {
  spinner: ["cli/spinner.ts"],
  "tuf-client": ["cli/tuf-client.ts"],
  network: ["cli/refresh-trust.ts", "verify/download.ts"],
  keys: ["verify/minisign-judge.ts", "verify/ssh-judge.ts"],
  certificates: ["verify/x509.ts", "verify/cms-judge.ts", "verify/cms-armor.ts", "verify/mcpb.ts"],
  sigstore: ["verify/sigstore-file.ts", "verify/sigstore-bundle.ts"],
  registries: [
    "verify/npm-keys.ts",
    "verify/npm-signature.ts",
    "verify/npm-attestations.ts",
    "verify/pypi-attestations.ts",
  ],
  archives: ["io/zip.ts", "io/tar.ts", "inventory/package.ts", "inventory/mcpb-manifest.ts", "verify/server-json.ts"],
  inventory: ["inventory/read.ts", "inventory/npm-lock.ts", "inventory/node-modules.ts", "inventory/file.ts"],
  packages: [
    "inventory/npm-package.ts",
    "inventory/wheel.ts",
    "inventory/sdist.ts",
    "inventory/site-packages.ts",
    "inventory/mcpb.ts",
    "inventory/binary.ts",
  ],
  lockfiles: [
    "inventory/pnpm-lock.ts",
    "inventory/yarn-lock.ts",
    "inventory/bun-lock.ts",
    "inventory/uv-lock.ts",
    "inventory/poetry-lock.ts",
    "inventory/pdm-lock.ts",
    "inventory/pipfile-lock.ts",
    "inventory/pylock.ts",
    "inventory/requirements.ts",
    "inventory/cargo-lock.ts",
    "inventory/go-mod.ts",
  ],
  boms: ["inventory/cyclonedx.ts", "inventory/spdx.ts"],
  policy: [
    "policy/read.ts",
    "policy/authority.ts",
    "policy/trust-store.ts",
    "policy/vouching.ts",
    "policy/lock-read.ts",
    "policy/lock-write.ts",
  ],
  sbom: ["sbom/job.ts", "sbom/cyclonedx.ts", "sbom/spdx.ts", "sbom/quality.ts", "sbom/validate.ts"],
  formats: ["output/json.ts", "output/sarif.ts", "output/markdown.ts", "output/junit.ts"],
};

/** The file of the program that an entry is in. */
const FILE_OF = new Map(Object.entries(APART).flatMap(([file, entries]) => entries.map((entry) => [entry, file])));

/**
 * Turns an import of a module that is in another file of the program into a call of that file's table of modules.
 * @param of the file that is built
 * @param has modules of `program`, by their path below src/; it is told which of them are asked for
 */
function acrossFiles(of, has, asked) {
  return {
    name: "across-files",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, resolveDir, kind }) => {
        if (kind === "entry-point" || importer.includes("node_modules")) return undefined;
        const module = relative(resolve("src"), resolve(resolveDir, path));
        const file = FILE_OF.get(module) ?? (has.has(module) ? "program" : of);
        if (file === of) return undefined;
        if (file === "program") asked.add(module);
        return { path: `${file}:${module}`, namespace: "across" };
      });
      onResolve({ filter: /^\.\/[a-z-]+\.cjs$/, namespace: "across" }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: "across" }, ({ path }) => {
        const [file, module] = path.split(":");
        return { contents: `module.exports = require("./${file}.cjs").modules[${JSON.stringify(module)}]();` };
      });
    },
  };
}

/** The source of a file that is but a table of modules, each evaluated when it is asked for. */
function tableOf(modules) {
  const lines = modules.map((module) => `${JSON.stringify(module)}: () => require("./src/${module}"),`);
  return `export const modules = {\n${lines.join("\n")}\n};\n`;
}

/** What the TUF client would open sockets with: it is handed a function that fetches. */
const withoutSockets = {
  name: "without-sockets",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^make-fetch-happen$/ }, ({ path }) => ({ path, namespace: "none" }));
    onLoad({ filter: /./, namespace: "none" }, () => ({ contents: "module.exports = undefined;" }));
  },
};

async function buildProgram() {
  rmSync("dist", { recursive: true, force: true });
  const options = {
    ...common,
    define: { ...constants("hash-worker.cjs"), "import.meta.dirname": "__dirname" },
    format: "cjs",
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { "dynamic-import": false },
    metafile: true,
  };
  const asked = new Set();
  const buildFile = (file, contents, has) =>
    build({
      ...options,
      stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
      outfile: `dist/${file}.cjs`,
      plugins: [acrossFiles(file, has, asked), withoutSockets],
    });
  const program = 'export * from "./src/cli/program.ts";\n';
  // What the program consists of is known when it was built once; what others ask it for, when they are built.
  const first = await buildFile("program", program, new Set());
  const inProgram = new Set(Object.keys(first.metafile.inputs).map((path) => relative("src", path)));
  const files = Object.entries(APART).map(([file, entries]) => buildFile(file, tableOf(entries), inProgram));
  const main = { boltseal: "src/cli/main.ts", "hash-worker": "src/io/hash-worker.ts" };
  const toProgram = {
    name: "to-program",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.\/program\.ts$/ }, () => ({ path: "./program.cjs", external: true })),
  };
  const starting = build({
    ...options,
    entryPoints: main,
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    plugins: [toProgram],
  });
  const built = await Promise.all([...files, starting]);
  built.push(...(await buildValidators("dist", options)));
  built.push(await buildFile("program", program + tableOf([...asked].toSorted()), new Set()));
  writeFileSync("dist/trust-roots.json", trustRoots());
  writeFileSync("dist/tuf-start.json", tufStart());
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync("dist/THIRD-PARTY-LICENSES.txt", licensesOf(inputs));
}

/** Packages of data that are packed without a text: who made them, and where it is. */
const WITHOUT_TEXT = {
  "spdx-exceptions": "The Linux Foundation. https://creativecommons.org/licenses/by/3.0/legalcode",
  "spdx-license-ids": "Shinnosuke Watanabe. https://creativecommons.org/publicdomain/zero/1.0/legalcode",
};

/** The licence texts of the packages that the bundled files come from. */
function licensesOf(files) {
  const folders = new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = [...folders].toSorted().map((folder) => {
    const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const text = WITHOUT_TEXT[manifest.name] ?? readFileSync(licenseOf(folder), "utf8").trim();
    return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`;
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
