#!/usr/bin/env node
"use strict";
// The shim. Success is the exception: the exit status is 2 until a verdict says otherwise.
process.exitCode = 2;
require("../dist/boltseal.cjs").main();
