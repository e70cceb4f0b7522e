// minisign signatures, and how they are told from signify's, whose key files are the same. All that judges is
// loaded when there is such a signature.

import type { Scheme } from "./scheme.ts";

/** Longer than the longest line that may stand before what tells the two apart. */
const START = 4096;

/** The start of text that calls itself so, without a byte order mark, which is refused later. */
function startOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, START))
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "");
}

/**
 * The kind of a file that starts as minisign's and signify's do. Only minisign has a third line with a trusted
 * comment, and signatures over a hash (`ED`, in base64 `RUQ` to `RUT`).
 */
export function commentedKind(bytes: Uint8Array): "minisign" | "signify" | undefined {
  const [first = "", second = "", third = ""] = startOf(bytes).split("\n", 3);
  if (!first.startsWith("untrusted comment:")) return undefined;
  return /^RU[Q-T]/.test(second) || third.startsWith("trusted comment:") ? "minisign" : "signify";
}

/** Whether the file looks like keys of either: with the comment line, or the bare base64 (`Ed` is `RWQ` to `RWT`). */
export function looksLikeEdKeys(bytes: Uint8Array): boolean {
  return /^(?:untrusted comment:|RW[Q-T][A-Za-z0-9+/]{53}(?:\s|$))/.test(startOf(bytes));
}

export const minisign: Scheme = {
  name: "minisign",
  recognises: (bytes) => commentedKind(bytes) === "minisign",
  recognisesKey: looksLikeEdKeys,
  async verifier(trust) {
    const { openMinisign, readEdKeys } = await import("./minisign-judge.ts");
    const keys = readEdKeys("minisign", trust);
    return { remarks: keys.remarks, open: async (file) => openMinisign(trust, keys, file) };
  },
};
