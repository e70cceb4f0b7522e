// Answers that a server should not give: too long, too slow, cut short, encoded, against the grammar. They are written
// byte for byte, because a proper server would not write them.

import { afterEach, test } from "node:test";
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { fetchSmall, fetchToFile } from "../src/io/net.ts";
import type { FetchOptions } from "../src/io/net.ts";
import { connection, startRawServer, startServer } from "./support/https-server.ts";
import { skipWithout } from "./support/tools.ts";

const SKIP = skipWithout("openssl");
const LIMIT = 100;

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** What becomes of an answer: its text, or the code and message of the error. */
async function outcome(answer: (socket: TLSSocket) => void, more: Partial<FetchOptions> = {}): Promise<string> {
  const server = await startRawServer(answer);
  ({ close } = server);
  try {
    const { bytes } = await fetchSmall(server.url("/f"), { ...connection(), limit: LIMIT, ...more });
    return bytes.toString();
  } catch (error) {
    const { name, code, message } = error as Error & { code?: string };
    assert.equal(name, "UserError", String((error as Error).stack));
    return `${code}: ${message}`;
  }
}

const OK = "HTTP/1.1 200 OK\r\n";

const ANSWERS: readonly (readonly [sentence: string, answer: string, expected: RegExp | string])[] = [
  ["a whole body of the promised length", `${OK}Content-Length: 4\r\n\r\nbody`, "body"],
  ["a whole body in chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`, "body"],
  ["an encoding that changes nothing", `${OK}Content-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody`, "body"],
  ["an early hint before the answer", `HTTP/1.1 103 Early Hints\r\n\r\n${OK}Content-Length: 4\r\n\r\nbody`, "body"],
  [
    "bytes after the promised length are not the file's",
    `${OK}Content-Length: 4\r\n\r\nbody and more`,
    /^(?:body$|net-failed)/,
  ],
  ["a body that is cut short", `${OK}Content-Length: 5\r\n\r\nbody`, /^net-failed: .*before the whole/],
  ["a body of which nothing comes", `${OK}Content-Length: 5\r\n\r\n`, /^net-failed: .*before the whole/],
  [
    "chunks without the last one",
    `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n`,
    /^net-failed: .*before the whole/,
  ],
  ["a chunk that is cut short", `${OK}Transfer-Encoding: chunked\r\n\r\n8\r\nbody`, /^net-failed: .*before the whole/],
  ["an answer that is cut in its head", `${OK}Content-Le`, /^net-failed/],
  ["no answer", "", /^net-failed/],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", /^net-failed: .*not proper HTTP/],
  ["a body whose end is the end of the connection", `${OK}\r\nbody`, /^net-refused: .*how long it is/],
  ["the same in HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nbody", /^net-refused: .*how long it is/],
  ["gzip", `${OK}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody`, /^net-refused: .*encoded \(gzip\)/],
  ["brotli in chunks", `${OK}Content-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^net-refused/],
  ["two encodings", `${OK}Content-Encoding: identity, gzip\r\nContent-Length: 4\r\n\r\nbody`, /^net-refused/],
  [
    "an encoding on a second line",
    `${OK}Content-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nbody`,
    /^net-refused/,
  ],
  ["gzip on the way", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, /^net-(?:refused|failed)/],
  ["a promise over the limit", `${OK}Content-Length: 101\r\n\r\n`, /^net-too-large: .*larger than 100 bytes/],
  ["a promise without end", `${OK}Content-Length: ${"9".repeat(30)}\r\n\r\n`, /^net-(?:refused|failed)/],
  ["a negative length", `${OK}Content-Length: -1\r\n\r\n`, /^net-(?:refused|failed)/],
  ["two lengths", `${OK}Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!`, /^net-(?:refused|failed)/],
  [
    "a length and chunks",
    `${OK}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
    /^net-(?:refused|failed)/,
  ],
  [
    "chunks over the limit",
    `${OK}Transfer-Encoding: chunked\r\n\r\n${"30\r\n".concat("x".repeat(48), "\r\n").repeat(3)}0\r\n\r\n`,
    /^net-too-large/,
  ],
  ["a head without end", `${OK}X: ${"x".repeat(100_000)}\r\n\r\n`, /^net-failed/],
];

test("answers byte for byte", { skip: SKIP }, async (t) => {
  for (const [sentence, answer, expected] of ANSWERS) {
    await t.test(sentence, async () => {
      const result = await outcome((socket) => void socket.end(answer));
      if (typeof expected === "string") assert.equal(result, expected);
      else assert.match(result, expected);
      await close?.();
    });
  }
});

test("a connection that is broken off is an error", { skip: SKIP }, async () => {
  const broken = await outcome((socket) => {
    socket.write(`${OK}Content-Length: 50\r\n\r\nbody`);
    setTimeout(() => socket.destroy(), 50);
  });
  assert.match(broken, /^net-failed: .*before the whole/);
});

test("a server that says nothing is left", { skip: SKIP }, async () => {
  assert.match(await outcome(() => undefined, { idleMs: 100 }), /^net-failed: .*nothing arrived for 0\.1 seconds/);
});

test("a server that falls silent is left", { skip: SKIP }, async () => {
  const silent = await outcome((socket) => void socket.write(`${OK}Content-Length: 50\r\n\r\nbody`), { idleMs: 100 });
  assert.match(silent, /^net-failed: .*nothing arrived for 0\.1 seconds/);
});

test("a server that sends a byte now and then is left when the time is up", { skip: SKIP }, async () => {
  const slow = await outcome(
    (socket) => {
      socket.write(`${OK}Content-Length: 90\r\n\r\n`);
      const timer = setInterval(() => socket.write("x"), 20);
      socket.on("close", () => clearInterval(timer));
    },
    { totalMs: 300 },
  );
  assert.match(slow, /^net-failed: .*longer than 0\.3 seconds/);
});

test("interim answers without end are left when the time is up", { skip: SKIP }, async () => {
  const endless = await outcome(
    (socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 100 Continue\r\n\r\n"), 5);
      socket.on("close", () => clearInterval(timer));
    },
    { totalMs: 300, idleMs: 10_000 },
  );
  assert.match(endless, /^net-failed: .*longer than 0\.3 seconds/);
});

test("a name that is not resolved in time is left", async () => {
  const never = new Promise<readonly string[]>(() => undefined);
  const options = { limit: LIMIT, totalMs: 50, resolve: () => never };
  await assert.rejects(fetchSmall("https://a.example/", options), { code: "net-failed" });
});

test("a body that never ends is left at the limit, and not written beyond it", { skip: SKIP }, async () => {
  let written = 0;
  const server = await startServer({
    "/endless": (_request, response: ServerResponse) => {
      response.writeHead(200);
      const more = (): void => {
        if (response.destroyed) return;
        response.write("x".repeat(1000), more);
      };
      more();
    },
  });
  ({ close } = server);
  const onProgress = (done: number): void => void (written = done);
  const options = { ...connection(), limit: 100_000, onProgress };
  await assert.rejects(fetchSmall(server.url("/endless"), options), { code: "net-too-large" });
  assert.ok(written <= 100_000);
});

test("a limit is met exactly", { skip: SKIP }, async () => {
  const server = await startServer({ "/f": "x".repeat(LIMIT + 1) });
  ({ close } = server);
  const url = server.url("/f");
  assert.equal((await fetchSmall(url, { ...connection(), limit: LIMIT + 1 })).size, LIMIT + 1);
  await assert.rejects(fetchSmall(url, { ...connection(), limit: LIMIT }), { code: "net-too-large" });
});

test("a disk that takes nothing is an error that says so", { skip: SKIP }, async () => {
  const server = await startServer({ "/f": "x" });
  ({ close } = server);
  const folder = mkdtempSync(join(tmpdir(), "boltseal-net-"));
  const readOnly = openSync(join(folder, "f"), "a+");
  closeSync(readOnly);
  const fd = openSync(join(folder, "f"), "r");
  try {
    const fetching = fetchToFile(server.url("/f"), fd, { ...connection(), limit: LIMIT });
    await assert.rejects(fetching, { code: "output-failed" });
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
});

test("single bytes that fill the limit do not fill the memory", { skip: SKIP }, async () => {
  const size = 200_000;
  const server = await startRawServer((socket) => {
    socket.end(`${OK}Transfer-Encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(size)}0\r\n\r\n`);
  });
  ({ close } = server);
  const fetched = await fetchSmall(server.url("/f"), { ...connection(), limit: size });
  assert.equal(fetched.bytes.length, size);
  assert.ok(fetched.bytes.buffer.byteLength <= 4 * size, "no room is kept beyond what is needed");
});
