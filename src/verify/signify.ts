// signify signatures (OpenBSD): minisign's older sibling, without trusted comment and time, over the file itself.

import { commentedKind, looksLikeEdKeys } from "./minisign.ts";
import type { Scheme } from "./scheme.ts";

export const signify: Scheme = {
  name: "signify",
  recognises: (bytes) => commentedKind(bytes) === "signify",
  recognisesKey: looksLikeEdKeys,
  async verifier(trust) {
    const { openSignify, readEdKeys } = await import("./minisign-judge.ts");
    const keys = readEdKeys("signify", trust);
    return { remarks: keys.remarks, open: async (file) => openSignify(trust, keys, file) };
  },
};
