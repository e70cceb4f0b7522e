// The policies in force for a command, as its flags and the world decide.

import { loadPolicy } from "../policy/load.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import type { Arguments } from "./command.ts";
import type { World } from "./world.ts";

/** @throws UserError for a policy that is there and cannot be read or understood */
export async function policyInForce(args: Arguments, world: World): Promise<LoadedPolicy> {
  const flag = args.value("policy");
  const { cwd, machineDir, userDir, home } = world;
  return loadPolicy({ cwd, machineDir, userDir, home, now: world.now(), ...(flag === undefined ? {} : { flag }) });
}
