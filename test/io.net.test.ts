// Fetching from a real https server: what arrives, where redirects may lead, who gets credentials, and which hosts are
// not connected to at all.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchSmall, fetchToFile } from "../src/io/net.ts";
import type { FetchOptions } from "../src/io/net.ts";
import { connection, redirect, refuses, startServer, testIdentity } from "./support/https-server.ts";
import type { Route, TestServer } from "./support/https-server.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");
const LIMIT = 1000;

const routes: Record<string, Route> = {};
let server: TestServer;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "boltseal-net-"));
  if (SKIP === false) server = await startServer(routes);
});

after(async () => {
  rmSync(folder, { recursive: true });
  if (SKIP === false) await server.close();
});

function fetchText(url: string, more: Partial<FetchOptions> = {}): Promise<string> {
  const options = { ...connection(), limit: LIMIT, ...more };
  return fetchSmall(url, options).then(({ bytes }) => bytes.toString());
}

test("a file arrives as it is, in memory and on disk", { skip: SKIP }, async () => {
  const bytes = Buffer.from(Array.from({ length: LIMIT }, (_, index) => index % 256));
  routes["/a.bin"] = bytes;
  const options = { ...connection(), limit: LIMIT };
  assert.deepEqual((await fetchSmall(server.url("/a.bin"), options)).bytes, bytes);
  const path = join(folder, "a.bin");
  const fd = openSync(path, "wx");
  const progress: number[] = [];
  const onProgress = (done: number): void => void progress.push(done);
  try {
    const fetched = await fetchToFile(server.url("/a.bin?token=x"), fd, { ...options, onProgress });
    assert.deepEqual(fetched, { shown: server.url("/a.bin"), size: LIMIT, type: "" });
  } finally {
    closeSync(fd);
  }
  assert.deepEqual(readFileSync(path), bytes);
  assert.equal(progress.at(-1), LIMIT);
});

test("a body in chunks arrives whole, however small they are", { skip: SKIP }, async () => {
  routes["/chunks"] = (_request, response) => {
    response.writeHead(200, { "content-type": "Text/Plain; charset=utf-8" });
    for (const letter of "in many pieces") response.write(letter);
    response.end();
  };
  const fetched = await fetchSmall(server.url("/chunks"), { ...connection(), limit: LIMIT });
  assert.equal(fetched.bytes.toString(), "in many pieces");
  assert.equal(fetched.type, "text/plain");
});

test("an empty body is an empty file", { skip: SKIP }, async () => {
  routes["/empty"] = "";
  assert.equal(await fetchText(server.url("/empty")), "");
});

test("the request asks for the bytes as they are, and says little of us", { skip: SKIP }, async () => {
  routes["/headers"] = "x";
  await fetchText(server.url("/headers"), { accept: "application/json" });
  const headers = { ...server.seen.at(-1)?.headers };
  assert.deepEqual(Object.keys(headers).toSorted(), ["accept", "accept-encoding", "connection", "host", "user-agent"]);
  assert.deepEqual(
    [headers.accept, headers["accept-encoding"], headers["user-agent"]],
    ["application/json", "identity", "boltseal"],
  );
});

test("the environment cannot switch the checks of certificates off", { skip: SKIP }, async () => {
  routes["/x"] = "x";
  const { NODE_TLS_REJECT_UNAUTHORIZED: before_ } = process.env;
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
  try {
    const { ca: _ca, ...without } = connection();
    await refuses(fetchSmall(server.url("/x"), { ...without, limit: LIMIT }), "net-failed", /certificate/);
  } finally {
    if (before_ === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before_;
  }
});

test("a certificate for another name is refused", { skip: SKIP }, async () => {
  const url = server.url("/x", "other.example");
  await refuses(fetchText(url, { allowPrivate: ["other.example"] }), "net-failed", /another name/);
});

const FAILURES: readonly (readonly [sentence: string, status: number, code: string])[] = [
  ["404 is absent", 404, "net-absent"],
  ["410 is absent", 410, "net-absent"],
  ["401 is denied", 401, "net-denied"],
  ["403 is denied", 403, "net-denied"],
  ["400 is denied", 400, "net-denied"],
  ["429 may be otherwise later", 429, "net-failed"],
  ["408 may be otherwise later", 408, "net-failed"],
  ["500 may be otherwise later", 500, "net-failed"],
  ["a part is not the whole", 206, "net-failed"],
  ["created is not here", 201, "net-failed"],
  ["without content there is no file", 204, "net-failed"],
  ["what we never had cannot be unchanged", 304, "net-failed"],
  ["a choice is no redirect", 300, "net-failed"],
  ["a redirect must say where to", 302, "net-refused"],
];

test("every other status is an error", { skip: SKIP }, async (t) => {
  for (const [sentence, status, code] of FAILURES) {
    await t.test(sentence, async () => {
      routes["/status"] = (_request, response) => void response.writeHead(status).end();
      await refuses(fetchText(server.url("/status")), code, new RegExp(String(status)));
    });
  }
});

test("a name is resolved once for each request, and the checked address is connected to", { skip: SKIP }, async () => {
  routes["/end"] = "arrived";
  routes["/once"] = redirect(() => "/end");
  const asked: string[] = [];
  const resolve = (host: string): Promise<readonly string[]> => {
    asked.push(host);
    return Promise.resolve(["127.0.0.1"]);
  };
  assert.equal(await fetchText(server.url("/once"), { resolve }), "arrived");
  assert.deepEqual(asked, ["files.example", "files.example"]);
});

const REFUSED_HOSTS: readonly (readonly [sentence: string, url: string, addresses: readonly string[], code: string])[] =
  [
    ["one private address among public ones", "https://a.example/", ["192.0.32.10", "10.0.0.1"], "net-refused"],
    ["an IPv6 address that carries loopback", "https://a.example/", ["::ffff:127.0.0.1"], "net-refused"],
    ["a name without address", "https://a.example/", [], "net-failed"],
    ["a resolver that answers with a name", "https://a.example/", ["localhost"], "net-failed"],
    ["loopback as an address", "https://127.0.0.1/", [], "net-refused"],
    ["loopback as one number", "https://2130706433/", [], "net-refused"],
    ["loopback in octal", "https://0177.0.0.1/", [], "net-refused"],
    ["loopback of IPv6", "https://[::1]/", [], "net-refused"],
    ["loopback in full-width digits", "https://１２７.0.0.1/", [], "net-refused"],
    ["the address of cloud metadata", "https://169.254.169.254/latest/", [], "net-refused"],
  ];

test("hosts that are not of the public internet are not connected to", async (t) => {
  for (const [sentence, url, addresses, code] of REFUSED_HOSTS) {
    await t.test(sentence, async () => {
      const resolve = (): Promise<readonly string[]> => Promise.resolve(addresses);
      await refuses(fetchSmall(url, { limit: LIMIT, resolve }), code, /address/);
    });
  }
});

test("localhost is asked of the system's resolver, and refused unless it was allowed", { skip: SKIP }, async () => {
  routes["/end"] = "arrived";
  const { ca } = testIdentity();
  const url = server.url("/end", "localhost");
  await refuses(fetchSmall(url, { ca, limit: LIMIT }), "net-refused", /localhost: its address \S+ is loopback/);
  const allowed = await fetchSmall(url, { ca, limit: LIMIT, allowPrivate: ["localhost"] });
  assert.equal(allowed.bytes.toString(), "arrived");
  const literal = await fetchSmall(server.url("/end", "127.0.0.1"), { ca, limit: LIMIT, allowPrivate: ["127.0.0.1"] });
  assert.equal(literal.bytes.toString(), "arrived");
});

test("a name that nobody knows is an error that says so", async () => {
  const unknown = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
  const options = { limit: LIMIT, resolve: () => Promise.reject(unknown) };
  await refuses(fetchSmall("https://a.example/x", options), "net-failed", /^a\.example: the name is not known$/);
});

test("offline, nothing is resolved and nothing asked for", async () => {
  const touched = (): never => assert.fail("it was touched");
  const options = { limit: LIMIT, offline: true, resolve: touched, onRequest: touched };
  await refuses(
    fetchSmall("https://a.example/x?token=y", options),
    "net-offline",
    /^https:\/\/a\.example\/x: .*--offline/,
  );
  await refuses(fetchToFile("https://127.0.0.1/x", -1, options), "net-offline", /--offline/);
});

for (const [sentence, url, message] of [
  ["http is refused", "http://a.example/x", /not https/],
  ["so is a user name, which is not shown", "https://user:secret@a.example/x", /^(?!.*secret).*user name/],
  ["so is what is no URL", "a.example/x", /is none/],
  ["so is a path", "/etc/passwd", /is none/],
] as const) {
  test(`URLs: ${sentence}`, async () => {
    await refuses(fetchSmall(url, { limit: LIMIT }), "net-refused", message);
  });
}
