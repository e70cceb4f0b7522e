// Signatures that we recognise and cannot check. They are `unsupported`, never `invalid`: the
// publisher did nothing wrong.

import type { Scheme } from "./scheme.ts";
import { settledFile } from "./settled.ts";

const KINDS: readonly (readonly [name: string, looksSo: (start: string) => boolean])[] = [
  ["sigstore bundle", (start) => /^\s*\{/.test(start) && start.includes("dev.sigstore.bundle")],
  ["in-toto attestation", (start) => /^\s*\{/.test(start) && /"payloadType"|"dsseEnvelope"/.test(start)],
];

function kindOf(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 4096)).toString("latin1");
  return KINDS.find(([, looksSo]) => looksSo(start))?.[0];
}

export const foreign: Scheme = {
  name: "foreign",
  recognises: (bytes) => kindOf(bytes) !== undefined,
  recognisesKey: () => false,
  verifier: async () => ({
    remarks: [],
    open: async (file) => {
      const reason = `it is a ${kindOf(file.bytes) ?? "foreign"} signature, which cannot be checked here yet`;
      return settledFile({ state: "unsupported", reason });
    },
  }),
};
