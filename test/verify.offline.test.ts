// No verdict needs the network: whatever would open a socket or look up a name ends the program, in every
// transcript and public vector. Here it is shown that the trap bites, and that --offline is enough not to touch it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, boltsealWords, run, runBoltseal, SOCKET_OPENED } from "./support/run.ts";
import type { RunOptions } from "./support/run.ts";

const NOWHERE: RunOptions = { cwd: join(ROOT, "fixtures/verify/good"), env: bareEnvironment(tmpdir()) };
const NO_SOCKETS = join(ROOT, "test/support/no-sockets.cjs");

/** Statements that reach for the network, and what the trap calls that. */
const ATTEMPTS: readonly (readonly [statement: string, called: string])[] = [
  ['require("node:net").connect(9, "127.0.0.1")', "net.connect"],
  ['new (require("node:net").Socket)().connect(9)', "net.Socket.connect"],
  ['require("node:net").createServer().listen(0)', "net.Server.listen"],
  ['require("node:http").createServer().listen(0)', "net.Server.listen"],
  ['require("node:tls").connect(9)', "tls.connect"],
  ['require("node:https").request("https://127.0.0.1:9")', "https.request"],
  ['new (require("node:https").Agent)().createConnection({ port: 9 })', "tls.connect"],
  ['require("node:http").get("http://127.0.0.1:9")', "http.get"],
  ['require("node:http2").connect("http://127.0.0.1:9")', "http2.connect"],
  ['require("node:dgram").createSocket("udp4")', "dgram.createSocket"],
  ['new (require("node:dgram").Socket)("udp4").bind()', "dgram.Socket.bind"],
  ['require("node:dns").lookup("files.example", () => {})', "dns.lookup"],
  ['require("node:dns").promises.resolve4("files.example")', "dns.promises.resolve4"],
  ['import("node:dns/promises").then(({ lookup }) => lookup("files.example"))', "dns.promises.lookup"],
  ['new (require("node:dns").Resolver)().reverse("127.0.0.1", () => {})', "dns.Resolver.reverse"],
  ['fetch("http://127.0.0.1:9")', "fetch"],
];

test("whoever reaches for the network ends at once, in a status that no verdict uses", async (t) => {
  for (const [statement, called] of ATTEMPTS) {
    await t.test(statement, async () => {
      const script = `try { ${statement}; } finally { console.log("went on"); }`;
      // An import has ended when the rest has run.
      const late = statement.startsWith("import");
      const ended = await run(process.execPath, ["--require", NO_SOCKETS, "--eval", script], NOWHERE);
      const said = { exit: SOCKET_OPENED, stdout: late ? "went on\n" : "", stderr: `no-sockets: ${called}\n` };
      assert.deepEqual(ended, said);
    });
  }
});

test("a thread ends the whole program too", async () => {
  const script = `new (require("node:worker_threads").Worker)('fetch("http://127.0.0.1:9")', { eval: true })`;
  await assert.rejects(run(process.execPath, ["--require", NO_SOCKETS, "--eval", script], NOWHERE), /SIGKILL/);
});

test("the program that is told to download falls into the trap, and no test can take that for a verdict", async () => {
  const words = ["verify", "--from", "https://127.0.0.1:9/tool.sh", "--host", "127.0.0.1:9"];
  const ended = await run(process.execPath, boltsealWords(words, { sockets: false }), NOWHERE);
  assert.deepEqual(ended, { exit: SOCKET_OPENED, stdout: "", stderr: "no-sockets: https.request\n" });
  await assert.rejects(runBoltseal(words, NOWHERE), /no-sockets: https\.request/);
  const named = ["verify", "--from", "https://files.example/tool.sh"];
  await assert.rejects(runBoltseal(named, NOWHERE), /no-sockets: dns\.lookup/);
  await assert.rejects(runBoltseal(["verify", "--refresh-trust"], NOWHERE), /no-sockets: dns\.lookup/);
});

test("with --offline nothing is connected to, whatever else is asked for", async (t) => {
  const download = "https://127.0.0.1:9/tool.sh";
  for (const words of [
    ["--from", download, "--host", "127.0.0.1:9"],
    ["--from", download, "--json"],
    ["--refresh-trust"],
    ["--refresh-trust", "installer.sh"],
    ["--refresh-trust", "--from", download],
  ]) {
    await t.test(words.join(" "), async () => {
      const { exit, stdout } = await runBoltseal(["verify", "--offline", ...words], NOWHERE);
      assert.deepEqual([exit, stdout], [2, ""]);
    });
  }
  const good = ["verify", "--offline", "installer.sh", "--key", "acme.asc"];
  assert.equal((await runBoltseal(good, NOWHERE)).exit, 0);
});
