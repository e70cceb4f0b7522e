"use strict";
// Loaded before the program by the tests: whoever tries to open a socket, or to look up a name, ends the program on
// the spot, in a status that no verdict uses. So whatever the tests see was told without the network.
const { writeSync } = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const { isMainThread } = require("node:worker_threads");

const STATUS = 97;

function refusal(what) {
  return function refuse() {
    writeSync(2, `no-sockets: ${what}\n`);
    // A thread could only end itself.
    if (!isMainThread) process.kill(process.pid, "SIGKILL");
    // oxlint-disable-next-line no-restricted-properties -- at once: nothing may go on, nothing may catch it
    process.exit(STATUS);
  };
}

/** Replaces functions of an object; with no names, all that it has. Constructors stay, since others inherit from them. */
function close(prefix, object, names = Object.getOwnPropertyNames(object)) {
  for (const name of names) {
    const { value, configurable = false, writable = false } = Object.getOwnPropertyDescriptor(object, name) ?? {};
    if (typeof value !== "function" || /^(?:[A-Z]|constructor$)/.test(name)) continue;
    if (!configurable && !writable) throw new Error(`${prefix}.${name} cannot be replaced`);
    Object.defineProperty(object, name, { value: refusal(`${prefix}.${name}`), configurable: true, writable: true });
  }
}

// What Node 24 loads with these looks at both and warns; the program does not.
const { FORCE_COLOR } = process.env;
delete process.env.FORCE_COLOR;

const net = require("node:net");
// What everything else of Node ends in, also what reached for a function before this file did.
close("net.Socket", net.Socket.prototype, ["connect"]);
close("net.Server", net.Server.prototype, ["listen"]);
close("net", net, ["connect", "createConnection"]);
close("tls", require("node:tls"), ["connect"]);
close("dgram", require("node:dgram"), ["createSocket"]);
close("dgram.Socket", require("node:dgram").Socket.prototype, ["bind", "connect", "send"]);
close("http", require("node:http"), ["get", "request"]);
close("https", require("node:https"), ["get", "request"]);
close("http2", require("node:http2"), ["connect"]);
const ASKS = /^(?:lookup|resolve|reverse)/;
for (const [name, dns] of [
  ["dns", require("node:dns")],
  ["dns.promises", require("node:dns/promises")],
]) {
  for (const [prefix, object] of [
    [name, dns],
    [`${name}.Resolver`, dns.Resolver.prototype],
    [`${name}.Resolver`, Object.getPrototypeOf(dns.Resolver.prototype)],
  ]) {
    close(
      prefix,
      object,
      Object.getOwnPropertyNames(object).filter((member) => ASKS.test(member)),
    );
  }
}
close("inspector", require("node:inspector"), ["open"]);
for (const name of ["fetch", "WebSocket", "EventSource"]) {
  if (name in globalThis) Object.defineProperty(globalThis, name, { value: refusal(name) });
}
syncBuiltinESMExports();

if (FORCE_COLOR !== undefined) process.env.FORCE_COLOR = FORCE_COLOR;
