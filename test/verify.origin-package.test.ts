// `--from npm:NAME@VERSION` up to the verifying: which registry is asked, who gets credentials, and what is kept.

import { afterEach, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { obtain } from "../src/verify/obtain.ts";
import type { ObtainOptions } from "../src/verify/obtain.ts";
import { startDownloads, text } from "./support/downloads.ts";
import type { Downloads } from "./support/downloads.ts";
import { refuses, testIdentity } from "./support/https-server.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");

let downloads: Downloads;
let server: Downloads["server"];
let routes: Downloads["routes"];

beforeEach(async () => {
  if (SKIP !== false) return;
  downloads = await startDownloads();
  ({ server, routes } = downloads);
});

afterEach(async () => {
  if (SKIP === false) await downloads.close();
});

const INTEGRITY = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;

/** Fills the registry, and the user's configuration with it. */
function publish(dist: Readonly<Record<string, unknown>> = {}): void {
  const whole = {
    tarball: server.url("/npm/@scope/tool/-/SHA256SUMS", "registry.example"),
    integrity: INTEGRITY,
    signatures: [{ keyid: "SHA256:abc", sig: "MEUC" }],
    attestations: { url: server.url("/npm/-/attestations", "registry.example") },
    ...dist,
  };
  const manifest = { name: "@scope/tool", version: "1.2.3", dist: whole };
  const time = { "1.2.3": "2026-01-02T03:04:05.678Z" };
  routes["/npm/@scope%2ftool"] = JSON.stringify({ name: "@scope/tool", versions: { "1.2.3": manifest }, time });
  routes["/npm/@scope/tool/-/SHA256SUMS"] = "the tarball";
  routes["/npm/-/attestations"] = '{"attestations":[]}';
  const { home } = downloads;
  writeFileSync(join(home, "ca.pem"), testIdentity().ca, { mode: 0o600 });
  const place = `//registry.example:${server.port}/npm/`;
  const lines = [`@scope:registry=https:${place}`, `${place}:_authToken=test-only-token`, "cafile=~/ca.pem", "proxy=x"];
  writeFileSync(join(home, ".npmrc"), lines.join("\n"), { mode: 0o600 });
}

/** For packages, certificates come from the user's configuration, and the registry may have a private address. */
function forPackages(more: Partial<ObtainOptions["connection"]> = {}): ObtainOptions {
  return downloads.options({ resolve: () => Promise.resolve(["127.0.0.1"]), ...more });
}

test("a package comes from the user's registry, with what the registry says of it", { skip: SKIP }, async () => {
  publish();
  const obtained = await obtain("npm:@scope/tool@1.2.3", forPackages());
  assert.equal(basename(obtained.artifact), "scope-tool-1.2.3.tgz");
  assert.equal(text(obtained.artifact), "the tarball");
  assert.deepEqual(
    obtained.files.map((path) => basename(path)),
    ["npm-signature.json", "npm-attestations.json"],
  );
  const publishedAt = "2026-01-02T03:04:05.678Z";
  const said = { name: "@scope/tool", version: "1.2.3", integrity: INTEGRITY, publishedAt };
  assert.deepEqual(obtained.package, said);
  assert.deepEqual(JSON.parse(text(obtained.files[0] ?? "")), {
    ...said,
    signatures: [{ keyid: "SHA256:abc", sig: "MEUC" }],
  });
  assert.equal(text(obtained.files[1] ?? ""), '{"attestations":[]}');
  assert.deepEqual(
    server.seen.map(({ path, authorization }) => [path, authorization]),
    ["/npm/@scope%2ftool", "/npm/@scope/tool/-/SHA256SUMS", "/npm/-/attestations"].map((path) => [
      path,
      "Bearer test-only-token",
    ]),
  );
  assert.deepEqual(obtained.skipped, [{ path: "~/.npmrc", reason: "proxy is not used: connections are direct" }]);
  obtained.discard();
  assert.deepEqual(downloads.leftOver(), []);
});

test("credentials go to no other path and no other host", { skip: SKIP }, async () => {
  publish({
    tarball: server.url("/other/tool.tgz", "registry.example"),
    attestations: { url: server.url("/npm/-/attestations", "cdn.example") },
  });
  routes["/other/tool.tgz"] = "the tarball";
  const allowed = { allowedHosts: [`cdn.example:${server.port}`], allowPrivate: ["cdn.example"] };
  const obtained = await obtain("npm:@scope/tool@1.2.3", forPackages(allowed));
  assert.deepEqual(
    server.seen.map(({ host, authorization }) => [host.split(":")[0], authorization]),
    [
      ["registry.example", "Bearer test-only-token"],
      ["registry.example", undefined],
      ["cdn.example", undefined],
    ],
  );
  obtained.discard();
});

test("a package without signatures and attestations is the tarball alone", { skip: SKIP }, async () => {
  publish({ signatures: [], attestations: undefined, integrity: undefined });
  const obtained = await obtain("npm:@scope/tool@1.2.3", forPackages());
  assert.deepEqual(obtained.files, []);
  assert.deepEqual(readdirSync(obtained.folder), ["scope-tool-1.2.3.tgz"]);
  obtained.discard();
});

test("attestations that cannot be had are left out, and that is said", { skip: SKIP }, async () => {
  for (const [attestations, reason] of [
    [{ url: "https://upstream.example/x" }, /leads to upstream\.example/],
    [{ url: server.url("/npm/-/none", "registry.example") }, /no such file \(404\)/],
  ] as const) {
    publish({ attestations });
    const obtained = await obtain("npm:@scope/tool@1.2.3", forPackages());
    assert.deepEqual(
      obtained.files.map((path) => basename(path)),
      ["npm-signature.json"],
    );
    assert.match(obtained.skipped.at(-1)?.reason ?? "", reason);
    obtained.discard();
  }
});

test("a package that cannot be had ends it, and nothing stays", { skip: SKIP }, async () => {
  publish({ tarball: "https://elsewhere.example/tool.tgz" });
  const elsewhere = obtain("npm:@scope/tool@1.2.3", forPackages());
  await refuses(elsewhere, "packument-malformed", /leads to elsewhere\.example, which is not the registry's host/);
  await refuses(obtain("npm:@scope/tool@9.9.9", forPackages()), "packument-malformed", /no version 9\.9\.9/);
  await refuses(obtain("npm:@scope/other@1.2.3", forPackages()), "net-absent", /no such file/);
  await refuses(obtain("npm:tool@1.2.3", forPackages()), "npm-registry-missing", /no npm registry/);
  await refuses(obtain("npm:tool@latest", forPackages()), "usage", /not an exact version/);
  await refuses(obtain("npm:@scope/tool@1.2.3", forPackages({ offline: true })), "net-offline", /--offline/);
  assert.deepEqual(downloads.leftOver(), []);
});
