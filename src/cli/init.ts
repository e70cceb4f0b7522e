// `boltseal init`: a policy file to start from, vouched for because the user just made it.

import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { pathExists, writeFileAtomically } from "../io/files.ts";
import { POLICY_NAME } from "../policy/load.ts";
import { starterPolicy } from "../policy/starter.ts";
import { trustFile } from "../policy/trust-store.ts";
import type { Command } from "./command.ts";

export const init: Command = async (_args, world) => {
  const path = join(world.cwd, POLICY_NAME);
  if (pathExists(path)) {
    throw new UserError("output-failed", `${POLICY_NAME} exists already and is left as it is`, {
      hint: `boltseal trust ${POLICY_NAME} vouches for it`,
    });
  }
  writeFileAtomically(path, starterPolicy(), 0o644);
  const { sha256 } = trustFile(world.userDir, path);
  return {
    text: `wrote ${POLICY_NAME} and vouched for it as it is now\nsha256 ${sha256}\nafter each change: boltseal trust ${POLICY_NAME}\n`,
  };
};
