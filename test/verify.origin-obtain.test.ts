// `--from URL` up to the verifying: what is downloaded from a real https server, what of it is kept where, and that
// nothing stays when something fails.

import { afterEach, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { basename, join } from "node:path";
import { discardDownloadFolders } from "../src/io/net-folder.ts";
import { obtain } from "../src/verify/obtain.ts";
import type { ObtainOptions } from "../src/verify/obtain.ts";
import { startDownloads, text } from "./support/downloads.ts";
import type { Downloads } from "./support/downloads.ts";
import { connection, redirect, refuses } from "./support/https-server.ts";
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

function options(more: Partial<ObtainOptions> = {}): ObtainOptions {
  return downloads.options(connection(), more);
}

test("an artifact comes with the evidence that the server has", { skip: SKIP }, async () => {
  routes["/r/tool.sh"] = "the tool";
  routes["/r/tool.sh.asc"] = "a signature";
  routes["/r/tool.sh.sha256"] = "a sum";
  routes["/r/SHA256SUMS"] = "sums";
  routes["/r/SHA256SUMS.asc"] = "a signature of sums";
  routes["/r/checksums.txt.asc"] = "a signature of nothing";
  const asked: string[] = [];
  const progress: number[] = [];
  const obtained = await obtain(
    server.url("/r/tool.sh?token=secret"),
    options({
      connection: connection({ onRequest: (shown) => void asked.push(shown) }),
      onProgress: (path, done) => void progress.push(basename(path).length, done),
    }),
  );
  assert.equal(obtained.artifact, join(obtained.folder, "tool.sh"));
  assert.equal(text(obtained.artifact), "the tool");
  assert.deepEqual(
    obtained.files.map((path) => [basename(path), text(path)]),
    [
      ["tool.sh.asc", "a signature"],
      ["tool.sh.sha256", "a sum"],
      ["SHA256SUMS", "sums"],
      ["SHA256SUMS.asc", "a signature of sums"],
    ],
  );
  assert.deepEqual(readdirSync(obtained.folder).toSorted(), [
    "SHA256SUMS",
    "SHA256SUMS.asc",
    "tool.sh",
    "tool.sh.asc",
    "tool.sh.sha256",
  ]);
  assert.deepEqual(obtained.skipped, []);
  assert.equal(obtained.shown, server.url("/r/tool.sh"));
  assert.equal(asked[0], server.url("/r/tool.sh"));
  assert.equal(server.seen[0]?.path, "/r/tool.sh?token=secret");
  assert.ok(!server.seen.slice(1).some(({ path }) => path.includes("secret")), "the query is for the artifact alone");
  assert.deepEqual(progress.slice(-2), ["tool.sh".length, "the tool".length]);
  if (process.platform !== "win32") {
    assert.equal(statSync(obtained.folder).mode & 0o777, 0o700);
    for (const name of readdirSync(obtained.folder))
      assert.equal(statSync(join(obtained.folder, name)).mode & 0o777, 0o600, name);
  }
  obtained.discard();
  obtained.discard();
  assert.deepEqual(downloads.leftOver(), []);
});

test("evidence that the server keeps from us is left out, and that is said", { skip: SKIP }, async () => {
  routes["/tool.sh"] = "the tool";
  routes["/tool.sh.asc"] = (_request, response) => void response.writeHead(403).end();
  routes["/tool.sh.sig"] = redirect(() => "https://login.example/");
  routes["/tool.sh.minisig"] = (_request, response) =>
    void response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-length": 1 }).end("x");
  routes["/tool.sh.sha256"] = Buffer.alloc((4 << 20) + 1);
  const obtained = await obtain(server.url("/tool.sh"), options());
  assert.deepEqual(obtained.files, []);
  assert.deepEqual(obtained.skipped.map(({ path, reason }) => `${path} ${reason}`).toSorted(), [
    `${server.url("/tool.sh.asc")} the server does not let us (403)`,
    `${server.url("/tool.sh.minisig")} the server answers with a web page`,
    `${server.url("/tool.sh.sha256")} it is larger than 4194304 bytes`,
    `${server.url("/tool.sh.sig")} it leads to another host, https://login.example/`,
  ]);
  assert.deepEqual(readdirSync(obtained.folder), ["tool.sh"]);
  obtained.discard();
});

test("trouble with the network ends it all, also at the last piece of evidence", { skip: SKIP }, async () => {
  for (const path of ["/tool.sh", "/tool.sh.asc", "/checksums.txt", "/SHA256SUMS.minisig"]) {
    routes["/tool.sh"] = "the tool";
    routes["/SHA256SUMS"] = "sums";
    routes[path] = (_request, response: ServerResponse) => void response.writeHead(503).end();
    await refuses(obtain(server.url("/tool.sh"), options()), "net-failed", /status 503/);
    assert.deepEqual(downloads.leftOver(), [], path);
    delete routes[path];
  }
});

test("what is no artifact ends it, and nothing stays", { skip: SKIP }, async () => {
  routes["/tool.sh"] = "the tool";
  await refuses(obtain(server.url("/none.sh"), options()), "net-absent", /no such file/);
  await refuses(obtain(server.url("/tool.sh"), options({ limit: 7 })), "net-too-large", /larger than 7 bytes/);
  await refuses(obtain(server.url("/"), options()), "usage", /name of a file/);
  await refuses(obtain("http://files.example/tool.sh", options()), "net-refused", /not https/);
  await refuses(obtain("tool.sh", options()), "net-refused", /is none/);
  const offline = options({ connection: connection({ offline: true }) });
  await refuses(obtain(server.url("/tool.sh"), offline), "net-offline", /--offline/);
  assert.deepEqual(downloads.leftOver(), []);
  const nowhere = options({ parent: join(downloads.home, "no/such/folder") });
  await refuses(obtain(server.url("/tool.sh"), nowhere), "output-failed", /no folder for the download/);
});

test("a signal that ends the process leaves nothing", { skip: SKIP }, async () => {
  routes["/tool.sh"] = "the tool";
  await obtain(server.url("/tool.sh"), options());
  assert.equal(downloads.leftOver().length, 1);
  discardDownloadFolders();
  assert.deepEqual(downloads.leftOver(), []);
});
