// The entry: answers --version, and loads the program for everything else.

import { answer, isOnlyArgument } from "./world.ts";

/** Set by the build from package.json. */
declare const BOLTSEAL_VERSION: string;

/** The shim has set the exit status to failure; only an answer changes it. */
export async function main(): Promise<void> {
  if (isOnlyArgument("--version", "-V")) return answer(`${BOLTSEAL_VERSION}\n`);
  const { run } = await import("./program.ts");
  return run();
}
