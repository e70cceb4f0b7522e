// A machine to download to: an empty home, a folder in which nothing may stay, and a server of one's own.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../src/io/net.ts";
import type { ObtainOptions } from "../../src/verify/obtain.ts";
import { startServer } from "./https-server.ts";
import type { Route, TestServer } from "./https-server.ts";

export interface Downloads {
  readonly server: TestServer;
  /** Filled by the test. */
  readonly routes: Record<string, Route>;
  /** The folder of the user. */
  readonly home: string;
  options(connection: Connection, more?: Partial<ObtainOptions>): ObtainOptions;
  /** Names of what is still there of downloads. */
  leftOver(): readonly string[];
  close(): Promise<void>;
}

/** Needs openssl. */
export async function startDownloads(): Promise<Downloads> {
  const machine = mkdtempSync(join(tmpdir(), "boltseal-obtain-"));
  const [home, parent] = [join(machine, "home"), join(machine, "downloads")];
  for (const folder of [home, parent]) mkdirSync(folder, { mode: 0o755 });
  const routes: Record<string, Route> = {};
  const server = await startServer(routes);
  const npm = { env: {}, home, execPath: join(machine, "bin/node") };
  return {
    server,
    routes,
    home,
    options: (connection, more = {}) => ({ connection, npm, parent, ...more }),
    leftOver: () => readdirSync(parent),
    async close() {
      await server.close();
      rmSync(machine, { recursive: true });
    },
  };
}

export function text(path: string): string {
  return readFileSync(path, "utf8");
}
