// `boltseal trust FILE`: the user vouches for a policy or a lock with exactly these bytes.

import { basename } from "node:path";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { loadPolicy } from "../policy/load.ts";
import { MAX_LOCK_BYTES, loadLocks } from "../policy/lock.ts";
import { MAX_POLICY_BYTES } from "../policy/policy-files.ts";
import { forgetFile, trustFile } from "../policy/trust-store.ts";
import type { Command } from "./command.ts";

export const trust: Command = async (args, world) => {
  const [file = ""] = args.operands;
  if (args.flag("remove")) {
    if (!forgetFile(world.userDir, file)) throw new UserError("usage", `${file}: was not vouched for`);
    return { text: `no longer vouched for: ${printable(file)}\n` };
  }
  const places = { ...world, flag: file, now: world.now() };
  const isLock = basename(file).endsWith(".lock");
  // What cannot be read as what it is, is not worth vouching for: it would only fail later.
  const policy = await loadPolicy(isLock ? { ...world, now: world.now() } : places);
  if (isLock) await loadLocks({ ...places, record: false }, policy);
  const { sha256 } = trustFile(world.userDir, file, isLock ? MAX_LOCK_BYTES : MAX_POLICY_BYTES);
  return { text: `vouched for ${printable(file)} as it is now\nsha256 ${sha256}\n` };
};
