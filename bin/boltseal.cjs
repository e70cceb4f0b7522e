#!/usr/bin/env node
"use strict";
// The shim. Success is the exception: the exit status is 2 until a verdict says otherwise, and
// Node's own status 1 for a crash, which would read as "rejected", is never used.
process.exitCode = 2;
process.on("uncaughtException", (error) => {
  process.exitCode = 2;
  const missing = error.code === "MODULE_NOT_FOUND" && String(error.message).includes("dist/boltseal.cjs");
  const detail = missing ? "the program is not built: run npm run build" : `internal error: ${error.message}`;
  process.stderr.write(`boltseal: ${JSON.stringify(detail).slice(1, -1)}\n`);
});
require("../dist/boltseal.cjs").main();
