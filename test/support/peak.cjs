"use strict";
// Loaded before the program: tells at its end, as the last line of standard error, how much memory it took at most (kB).
const { existsSync, readFileSync, writeSync } = require("node:fs");

function peak() {
  // What Linux says of this program alone; getrusage(2) also counts the process that it was started from.
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  return /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
}

process.on("exit", () => writeSync(2, `\npeak ${peak()}\n`));
