import { UserError } from "../core/errors.ts";
import type { ReadSource } from "./source.ts";

export const readYarnLock: ReadSource = async ({ tree, path }) => {
  throw new UserError("source-unsupported", `${tree.shown(path)}: not read yet`);
};
