// Where the project under test is, seen from the bundled tests in build/test/ and from here alike.

import { join, resolve } from "node:path";

/** The project's root folder. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** The program as users start it. */
export const BOLTSEAL = join(ROOT, "bin/boltseal.cjs");
