// Signatures whose judgement does not depend on any bytes: what every scheme answers for a file that it cannot use.

import type { Judgement, OpenedFile, PendingSignature } from "./scheme.ts";

/** A signature that asks for no hash, and is judged already. */
export function settled(judgement: Judgement): PendingSignature {
  return { needs: [], judge: async () => judgement };
}

/** A signature that was refused before it asked for anything. */
export function settledAs(state: Judgement["state"], reason: string, hint?: string): PendingSignature {
  return settled({ state, reason, ...(hint === undefined ? {} : { hint }) });
}

/** A file that holds nothing but this. */
export function settledFile(judgement: Judgement): OpenedFile {
  return { signatures: [settled(judgement)], remarks: [] };
}
