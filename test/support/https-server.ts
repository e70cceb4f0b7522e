// Real https servers on loopback, with a certificate authority that is made for the test run and thrown away.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Connection } from "../../src/io/net.ts";
import { tool } from "./tools.ts";

/** Names that the certificate is for. All lead to loopback when `connection().resolve` is used. */
export const NAMES = ["files.example", "cdn.example", "registry.example", "localhost"] as const;

interface Identity {
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

let identity: Identity | undefined;

/** One certificate for all servers of a test file, by an authority that nobody else trusts. Needs openssl. */
export function testIdentity(): Identity {
  identity ??= makeIdentity();
  return identity;
}

function makeIdentity(): Identity {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-tls-"));
  try {
    const openssl = (...args: readonly string[]): void =>
      void execFileSync(tool("openssl").path, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
    openssl("req", "-x509", ...key, "test-only-ca.key", "-subj", "/CN=test-only-ca", "-days", "2", "-out", "ca.pem");
    openssl("req", "-new", ...key, "test-only-server.key", "-subj", "/CN=test-only-server", "-out", "server.csr");
    const names = [...NAMES.map((name) => `DNS:${name}`), "IP:127.0.0.1", "IP:::1"].join(",");
    writeFileSync(join(folder, "extensions"), `subjectAltName=${names}\n`);
    const signing = ["-CA", "ca.pem", "-CAkey", "test-only-ca.key", "-set_serial", "1", "-days", "2"];
    openssl("x509", "-req", "-in", "server.csr", ...signing, "-extfile", "extensions", "-out", "server.pem");
    const read = (name: string): string => readFileSync(join(folder, name), "utf8");
    return { ca: read("ca.pem"), cert: read("server.pem"), key: read("test-only-server.key") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One request that a server got. */
export interface Seen {
  readonly host: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage["headers"];
}

export interface TestServer {
  readonly port: number;
  readonly seen: readonly Seen[];
  /** The URL of a path; the host is one of NAMES, or an address of loopback. */
  url(path: string, host?: string): string;
  close(): Promise<void>;
}

/** What a path gives: bytes, or an answer of its own. */
export type Route = string | Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void);

/** Serves paths; every other is a 404. `routes` may be filled later. */
export async function startServer(routes: Readonly<Record<string, Route>>): Promise<TestServer> {
  const { cert, key } = testIdentity();
  const seen: Seen[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    const { headers } = request;
    const path = request.url ?? "";
    seen.push({ host: headers.host ?? "", path, authorization: headers.authorization, headers });
    const bare = path.split("?")[0] ?? "";
    const route = Object.hasOwn(routes, bare) ? routes[bare] : undefined;
    if (route === undefined) response.writeHead(404).end("nothing here");
    else if (typeof route === "function") route(request, response);
    else response.writeHead(200, { "content-length": Buffer.byteLength(route) }).end(route);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    url: (path, host = "files.example") => `https://${host}:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A server that answers whatever it is asked with what `answer` writes, byte for byte. */
export async function startRawServer(answer: (socket: TLSSocket) => void): Promise<Pick<TestServer, "url" | "close">> {
  const { cert, key } = testIdentity();
  const sockets = new Set<TLSSocket>();
  const server = createTlsServer({ cert, key }, (socket) => {
    sockets.add(socket);
    // A client that has heard enough hangs up.
    socket.on("error", () => socket.destroy());
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (path, host = "files.example") => `https://${host}:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A connection on which all names lead to loopback, and may. */
export function connection(more: Partial<Connection> = {}): Connection {
  return {
    ca: testIdentity().ca,
    allowPrivate: NAMES,
    resolve: () => Promise.resolve(["127.0.0.1"]),
    ...more,
  };
}

/** Sends on to what `to` says; a port stands for the server's own. */
export function redirect(to: (port: number) => string, status = 302): Route {
  return (request, response) => {
    const location = to(request.socket.localPort ?? 0);
    response.writeHead(status, { location, "content-length": 0 }).end();
  };
}

/** Fails with a UserError of this code, and a message that matches. */
export async function refuses(promise: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: Error & { code?: string }) => {
    assert.equal(error.name, "UserError", String(error.stack));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}
