// Where a server may send us on to, and who gets credentials on the way.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { fetchSmall } from "../src/io/net.ts";
import type { FetchOptions } from "../src/io/net.ts";
import { connection, redirect, refuses, startServer } from "./support/https-server.ts";
import type { Route, TestServer } from "./support/https-server.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");

const routes: Record<string, Route> = {};
let server: TestServer;

before(async () => {
  if (SKIP === false) server = await startServer(routes);
});

after(async () => {
  if (SKIP === false) await server.close();
});

function fetchText(url: string, more: Partial<FetchOptions> = {}): Promise<string> {
  const options = { ...connection(), limit: 1000, ...more };
  return fetchSmall(url, options).then(({ bytes }) => bytes.toString());
}

test("redirects are followed to the same host, five at most", { skip: SKIP }, async () => {
  routes["/end"] = "arrived";
  for (const [index, status] of [301, 302, 303, 307, 308].entries())
    routes[`/r${index}`] = redirect(() => (index === 0 ? "/end" : `/r${index - 1}`), status);
  routes["/r5"] = redirect((port) => `https://files.example:${port}/r4`);
  const asked: string[] = [];
  const onRequest = (shown: string): void => void asked.push(shown);
  assert.equal(await fetchText(server.url("/r4?secret=1"), { onRequest }), "arrived");
  assert.deepEqual(
    asked,
    ["/r4", "/r3", "/r2", "/r1", "/r0", "/end"].map((path) => server.url(path)),
  );
  await refuses(fetchText(server.url("/r5")), "net-refused", /more than 5 redirects/);
  routes["/loop"] = redirect(() => "/loop");
  await refuses(fetchText(server.url("/loop")), "net-refused", /more than 5 redirects/);
});

const REFUSED_REDIRECTS: readonly (readonly [sentence: string, to: (port: number) => string, message: RegExp])[] = [
  ["to another host", (port) => `https://cdn.example:${port}/end`, /another host, https:\/\/cdn\.example/],
  ["to the same host on another port", () => "https://files.example/end", /another host/],
  ["to a host that only ends like an allowed one", (port) => `https://x.cdn.example:${port}/`, /another host/],
  ["to an address", (port) => `https://127.0.0.1:${port}/end`, /another host/],
  ["to http", (port) => `http://files.example:${port}/end`, /not https/],
  ["to a file", () => "file:///etc/passwd", /not https/],
  ["to data", () => "data:text/plain,x", /not https/],
  ["with a user name", (port) => `https://files.example:${port}@cdn.example/`, /user name/],
  ["with an empty user and a password", (port) => `https://:x@files.example:${port}/`, /user name/],
  ["to no URL", () => "https://[", /is none/],
  ["to a URL without end", () => `/${"a".repeat(5000)}`, /longer than/],
];

test("redirects are refused", { skip: SKIP }, async (t) => {
  for (const [sentence, to, message] of REFUSED_REDIRECTS) {
    await t.test(sentence, async () => {
      const count = server.seen.length;
      routes["/from"] = redirect(to);
      await refuses(fetchText(server.url("/from")), "net-refused", message);
      assert.equal(server.seen.length, count + 1, "only the first URL was asked for");
    });
  }
});

test("redirects to allowed hosts are followed, without credentials", { skip: SKIP }, async () => {
  routes["/end"] = "arrived";
  routes["/away"] = redirect((port) => `https://cdn.example:${port}/back`);
  routes["/back"] = redirect((port) => `https://files.example:${port}/end`);
  const asked: string[] = [];
  const authorization = (url: URL): string => {
    asked.push(url.hostname);
    return "Bearer test-only-token";
  };
  const allowedHosts = [`cdn.example:${server.port}`];
  const count = server.seen.length;
  assert.equal(await fetchText(server.url("/away"), { allowedHosts, authorization }), "arrived");
  assert.deepEqual(
    server.seen.slice(count).map((seen) => [seen.host.split(":")[0], seen.authorization]),
    [
      ["files.example", "Bearer test-only-token"],
      ["cdn.example", undefined],
      ["files.example", "Bearer test-only-token"],
    ],
  );
  assert.deepEqual(asked, ["files.example", "files.example"]);
  await refuses(fetchText(server.url("/away"), { allowedHosts: ["cdn.example"] }), "net-refused", /another host/);
});

test("an allowed host must have public addresses, too", { skip: SKIP }, async () => {
  routes["/away"] = redirect((port) => `https://cdn.example:${port}/end`);
  const options = { allowedHosts: [`cdn.example:${server.port}`], allowPrivate: ["files.example"] };
  await refuses(
    fetchText(server.url("/away"), options),
    "net-refused",
    /cdn\.example: its address 127\.0\.0\.1 is loop/,
  );
});
