// `boltseal init`: a policy file to start from, vouched for because the user just made it.

import { UserError } from "../core/errors.ts";
import { writeFileAtomically } from "../io/files.ts";
import { isThere } from "../io/paths.ts";
import { POLICY_NAME } from "../policy/load.ts";
import { starterPolicy } from "../policy/starter.ts";
import { trustFile } from "../policy/trust-store.ts";
import type { Command } from "./command.ts";

export const init: Command = async (_args, world) => {
  if (isThere(POLICY_NAME)) {
    throw new UserError("output-failed", `${POLICY_NAME} exists already and is left as it is`, {
      hint: `boltseal trust ${POLICY_NAME} vouches for it`,
    });
  }
  writeFileAtomically(POLICY_NAME, starterPolicy(), 0o644);
  const { sha256 } = trustFile(world.userDir, POLICY_NAME);
  return {
    text: `wrote ${POLICY_NAME} and vouched for it as it is now\nsha256 ${sha256}\nafter each change: boltseal trust ${POLICY_NAME}\n`,
  };
};
