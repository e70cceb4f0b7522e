#!/usr/bin/env node
"use strict";
// The shim. Success is the exception: the exit status is 2 until a verdict says otherwise, and
// Node's own status 1 for a crash, which would read as "rejected", is never used.
process.exitCode = 2;
process.on("uncaughtException", (error) => {
  const missing = error.code === "MODULE_NOT_FOUND" && String(error.message).includes("dist/boltseal.cjs");
  const detail = missing ? "the program is not built: run npm run build" : `internal error: ${error.message}`;
  try {
    require("node:fs").writeSync(2, `boltseal: ${JSON.stringify(detail).slice(1, -1)}\n`);
  } catch {
    process.exitCode = 2; // Nobody reads it; the status says enough.
  }
  // At once: what goes on after a crash must not end in success.
  // oxlint-disable-next-line no-restricted-properties
  process.exit(2);
});
require("../dist/boltseal.cjs").main();
