// `--refresh-trust` against a TUF repository on a real https server: what is kept for later runs, and what is not.

import { after, before, test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { refreshTrust } from "../src/cli/refresh-trust.ts";
import { loadTrustRoots, readTrustRoots } from "../src/verify/sigstore-roots.ts";
import { connection, startServer } from "./support/https-server.ts";
import type { Route, TestServer } from "./support/https-server.ts";
import { createInstance, trustedRoot } from "./support/sigstore-instance.ts";
import { skipWithout } from "./support/tools.ts";
import { createKey, createRepository, REPOSITORY, rootOf, TARGETS } from "./support/tuf-repository.ts";
import type { RepositoryOptions } from "./support/tuf-repository.ts";

const SKIP = skipWithout("openssl");
const routes: Record<string, Route> = {};
let server: TestServer;
before(async () => {
  if (SKIP === false) server = await startServer(routes);
});
after(async () => {
  if (SKIP === false) await server.close();
});

const key = createKey();
const trusted = Buffer.from(JSON.stringify(trustedRoot(createInstance())));
const registryKeys = Buffer.from('{"keys":[]}');
const NOW = new Date("2026-11-22T12:00:00Z");

function serve(options: Partial<RepositoryOptions> = {}): void {
  for (const path of Object.keys(routes)) delete routes[path];
  const files = createRepository({ key, trustedRoot: trusted, registryKeys, ...options });
  for (const [url, bytes] of files) routes[url.slice(REPOSITORY.length)] = bytes;
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-refresh-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "boltseal");
}

async function refresh(
  userDir: string,
  more: { offline?: boolean; onRequest?: (shown: string) => void } = {},
): Promise<string> {
  const start = { repository: server.url(""), root: rootOf({ key }, 1).toString("base64"), targets: TARGETS };
  return refreshTrust({ userDir, now: NOW, connection: { ...connection(), ...more }, start });
}

test(
  "the present keys are kept for the user alone, with the day on which they were fetched",
  { skip: SKIP },
  async (t) => {
    serve();
    const userDir = folderFor(t);
    const asked: string[] = [];
    const path = await refresh(userDir, { onRequest: (shown) => asked.push(shown) });
    assert.equal(path, join(userDir, "trust-roots.json"));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(userDir).mode & 0o777, 0o700);
    const file = { source: path, bytes: readFileSync(path) };
    const { date, dateOf, trustedRoot: root } = readTrustRoots(file);
    assert.deepEqual([date, dateOf], [NOW, "they were fetched"]);
    assert.deepEqual(root, JSON.parse(trusted.toString()));
    assert.equal(loadTrustRoots({ source: "own", bytes: readFileSync(path) }, file).source, "own");
    assert.equal(asked[0], server.url("/2.root.json"), "the one next root is asked for first");
    assert.equal(await refresh(userDir), path, "and once more, over what is there");
  },
);

test("nothing is kept of what cannot be fetched, verified or read", { skip: SKIP }, async (t) => {
  const userDir = folderFor(t);
  const refuses = async (code: string, more?: Parameters<typeof refresh>[1]): Promise<void> => {
    await assert.rejects(refresh(userDir, more), { name: "UserError", code });
    assert.equal(existsSync(join(userDir, "trust-roots.json")), false);
  };
  serve();
  await refuses("net-offline", { offline: true });
  serve({ signer: createKey() });
  await refuses("key-malformed");
  serve({ trustedRoot: Buffer.from("{}") });
  await refuses("key-malformed");
  serve({ trustedRoot: Buffer.from("{"), version: 2 });
  await refuses("json-malformed");
  routes["/timestamp.json"] = (_request, response) => void response.writeHead(500).end();
  await refuses("net-failed");
  delete routes["/timestamp.json"];
  await refuses("key-malformed");
});
