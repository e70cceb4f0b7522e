// `boltseal trust FILE`: the user vouches for a policy with exactly these bytes.

import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { loadPolicy } from "../policy/load.ts";
import { forgetFile, trustFile } from "../policy/trust-store.ts";
import type { Command } from "./command.ts";

export const trust: Command = async (args, world) => {
  const [file = ""] = args.operands;
  if (args.flag("remove")) {
    if (!forgetFile(world.userDir, file)) throw new UserError("usage", `${file}: was not vouched for`);
    return { text: `no longer vouched for: ${printable(file)}\n` };
  }
  // What cannot be read as a policy is not worth vouching for: it would only fail later.
  await loadPolicy({ ...world, flag: file, now: world.now() });
  const { sha256 } = trustFile(world.userDir, file);
  return { text: `vouched for ${printable(file)} as it is now\nsha256 ${sha256}\n` };
};
