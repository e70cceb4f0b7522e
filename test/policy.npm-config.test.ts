// Which npm registry and which credentials count: the user's and the machine's configuration, and never a project's.

import { afterEach, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readNpmConfig } from "../src/policy/npm-config.ts";
import type { NpmConfig, NpmRegistry } from "../src/policy/npm-config.ts";

/** A machine for one test: home, prefix and working directory, all empty. */
let machine: string;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "boltseal-npm-"));
  for (const folder of ["home", "prefix/bin", "prefix/etc", "project"])
    mkdirSync(join(machine, folder), { recursive: true, mode: 0o755 });
});
afterEach(() => rmSync(machine, { recursive: true }));

function write(path: string, text: string | Uint8Array, mode = 0o600): void {
  mkdirSync(dirname(join(machine, path)), { recursive: true, mode: 0o755 });
  writeFileSync(join(machine, path), text);
  chmodSync(join(machine, path), mode);
}

function config(env: Readonly<Record<string, string>> = {}): NpmConfig {
  return readNpmConfig({ env, home: join(machine, "home"), execPath: join(machine, "prefix/bin/node") });
}

function registry(name = "tool", env: Readonly<Record<string, string>> = {}): NpmRegistry {
  return config(env).registryFor(name);
}

function remarksOf(env: Readonly<Record<string, string>> = {}): readonly string[] {
  return config(env).remarks.map(({ file, message }) => `${file}: ${message}`);
}

function refuses(action: () => unknown, code: string, message: RegExp): void {
  assert.throws(action, (error: Error & { code?: string }) => {
    assert.equal(error.name, "UserError", String(error.stack));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

test("without a configuration there is no registry, and the hint says what to write where", () => {
  assert.throws(() => registry(), { code: "npm-registry-missing", hint: /registry=https:\/\/HOST\/ into ~\/\.npmrc/ });
  assert.throws(() => registry("@a/tool"), { code: "npm-registry-missing", hint: /@a:registry=https/ });
  write("home/.npmrc", "");
  refuses(() => registry(), "npm-registry-missing", /^tool: no npm registry/);
});

test("the user's file counts before the machine's, and a package's scope before both", () => {
  write("prefix/etc/npmrc", "registry=https://machine.example/npm\n@b:registry=https://b.example\n", 0o644);
  assert.equal(registry().url.href, "https://machine.example/npm/");
  write("home/.npmrc", "registry = https://user.example/\n@a:registry = https://a.example/x/\n");
  assert.equal(registry().url.href, "https://user.example/");
  assert.equal(registry().source, "~/.npmrc");
  assert.equal(registry("@a/tool").url.href, "https://a.example/x/");
  assert.equal(registry("@b/tool").url.href, "https://b.example/");
  assert.equal(registry("@c/tool").url.href, "https://user.example/");
  assert.equal(registry("@ab/tool").url.href, "https://user.example/");
});

test("a project's file is not looked at, wherever we stand", () => {
  write("project/.npmrc", "registry=https://project.example/\n");
  const before = process.cwd();
  process.chdir(join(machine, "project"));
  try {
    refuses(() => registry(), "npm-registry-missing", /no npm registry/);
  } finally {
    process.chdir(before);
  }
});

test("the environment names registry and files, in capitals or not", () => {
  write("home/.npmrc", "registry=https://user.example/\n");
  write("other/npmrc", "registry=https://other.example/\n");
  write("global/npmrc", "@a:registry=https://global.example/\n", 0o644);
  write("there/etc/npmrc", "@a:registry=https://there.example/\n", 0o644);
  const at = (path: string): string => join(machine, path);
  for (const [name, value, wanted] of [
    ["NPM_CONFIG_REGISTRY", "https://env.example", "https://env.example/"],
    ["npm_config_registry", "https://env.example", "https://env.example/"],
    ["NPM_CONFIG_USERCONFIG", at("other/npmrc"), "https://other.example/"],
    ["NPM_CONFIG_USERCONFIG", at("no/such/file"), undefined],
    ["NPM_CONFIG_GLOBALCONFIG", at("global/npmrc"), "https://global.example/"],
    ["NPM_CONFIG_PREFIX", at("there"), "https://there.example/"],
    ["NPM_CONFIG_REGISTRY", "", "https://user.example/"],
  ] as const) {
    const find = (): string => registry("@a/tool", { [name]: value }).url.href;
    if (wanted === undefined) refuses(find, "npm-registry-missing", /no npm registry/);
    else assert.equal(find(), wanted, `${name}=${value}`);
  }
  const twice = { NPM_CONFIG_REGISTRY: "https://a.example/", npm_config_registry: "https://b.example/" };
  refuses(() => registry("tool", twice), "npm-config-malformed", /twice/);
});

test("what npm itself wrote into the environment does not count, but what a person wrote there does", () => {
  write("home/.npmrc", "registry=https://user.example/\n");
  for (const mark of ["npm_lifecycle_event", "npm_execpath", "npm_command", "npm_package_json"]) {
    const env = {
      [mark]: "x",
      npm_config_registry: "https://project.example/",
      npm_config_userconfig: "/project/.npmrc",
    };
    assert.equal(registry("tool", env).url.href, "https://user.example/", mark);
    assert.deepEqual(
      remarksOf(env).map((remark) => remark.split(":")[0]),
      ["npm_config_registry", "npm_config_userconfig"],
    );
    const both = { ...env, NPM_CONFIG_REGISTRY: "https://person.example/" };
    assert.equal(registry("tool", both).url.href, "https://person.example/", mark);
    assert.equal(
      registry("tool", { ...env, Npm_Config_Registry: "https://x.example/" }).url.href,
      "https://user.example/",
    );
  }
});

test("the machine's file is found by the prefix of the user's file, and the user's file may name it", () => {
  write("there/etc/npmrc", "registry=https://there.example/\n", 0o644);
  write("home/.npmrc", `prefix=${join(machine, "there")}\n`);
  assert.equal(registry().url.href, "https://there.example/");
  write("home/their/npmrc", "registry=https://theirs.example/\n", 0o644);
  write("home/.npmrc", "globalconfig=~/their/npmrc\n");
  assert.equal(registry().url.href, "https://theirs.example/");
});

const REFUSED: readonly (readonly [sentence: string, line: string, message: RegExp])[] = [
  ["a registry over http", "registry=http://user.example/", /~\/\.npmrc: registry: .*not https/],
  ["a registry with credentials in its URL", "registry=https://u:secret@user.example/", /^(?!.*secret).*user name/],
  ["a registry with a query", "registry=https://user.example/?a=b", /no query/],
  ["a registry that is no URL", "registry=user.example", /registry: the URL is none/],
  ["a registry in a file", "registry=file:///tmp/", /not https/],
  ["a registry without value", "registry", /registry: the URL is none/],
  ["a registry whose variable is not set", "registry=https://${NO_SUCH}/", /registry names the variable NO_SUCH/],
  ["a cafile by a relative path", "registry=https://a.example/\ncafile=ca.pem", /cafile: ca\.pem is a relative path/],
  ["a prefix by a relative path", "prefix=.", /prefix: \. is a relative path/],
];

for (const [sentence, line, message] of REFUSED) {
  test(`what cannot count is an error: ${sentence}`, () => {
    write("home/.npmrc", `${line}\n`);
    refuses(() => registry(), "npm-config-malformed", message);
  });
}

test("files that others could have written are refused", { skip: process.platform === "win32" }, () => {
  write("home/.npmrc", "registry=https://user.example/\n", 0o666);
  refuses(() => registry(), "policy-malformed", /^~\/\.npmrc: is writable by/);
  chmodSync(join(machine, "home/.npmrc"), 0o644);
  assert.equal(registry().url.href, "https://user.example/");
  chmodSync(join(machine, "home"), 0o777);
  refuses(() => registry(), "policy-malformed", /^~: is writable by/);
  chmodSync(join(machine, "home"), 0o755);
  write("prefix/etc/npmrc", "\n", 0o666);
  refuses(() => registry(), "policy-malformed", /npmrc: is writable by/);
});

test("files that cannot be read as text are errors", () => {
  write("home/.npmrc", Buffer.from("registry=https://\xff.example/\n", "latin1"));
  refuses(() => registry(), "npm-config-malformed", /not UTF-8/);
  write("home/.npmrc", "x".repeat(300_000));
  refuses(() => registry(), "input-too-large", /^~\/\.npmrc: .*larger/);
  rmSync(join(machine, "home/.npmrc"));
  mkdirSync(join(machine, "home/.npmrc"));
  refuses(() => registry(), "input-not-a-file", /^~\/\.npmrc: is a directory/);
});

test("cafile is read, and must hold certificates that nobody else could have put there", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
  write("home/ca.pem", pem, 0o644);
  write("home/.npmrc", "registry=https://user.example/\ncafile=~/ca.pem\n");
  assert.equal(registry().ca, pem);
  write("home/ca.pem", "no certificate", 0o644);
  refuses(() => registry(), "npm-config-malformed", /no certificate in PEM/);
  rmSync(join(machine, "home/ca.pem"));
  refuses(() => registry(), "input-missing", /^~\/ca\.pem: no such file/);
  if (process.platform === "win32") return;
  write("home/ca.pem", pem, 0o666);
  refuses(() => registry(), "policy-malformed", /writable by/);
});

test("settings that are not followed are remarked on", () => {
  write(
    "home/.npmrc",
    [
      "registry=https://user.example/",
      "strict-ssl=false",
      "https-proxy=http://proxy.example:3128",
      "_authToken=test-only-token",
      "//user.example/:_authToken=${NO_SUCH}",
      "//user.example/:certfile=/x",
      "[section]",
      "registry=https://section.example/",
    ].join("\n"),
  );
  assert.equal(registry().url.href, "https://user.example/");
  assert.equal(registry().authorization(new URL("https://user.example/tool")), undefined);
  const remarks = remarksOf();
  for (const word of ["strict-ssl", "https-proxy", ": _authToken is", "NO_SUCH", "certfile", "section"])
    assert.equal(remarks.filter((remark) => remark.includes(word)).length, 1, word);
  assert.equal(remarks.length, 6);
  assert.ok(!remarks.some((remark) => remark.includes("test-only-token")));
});
