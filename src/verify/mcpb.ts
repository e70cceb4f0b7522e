// The signature of an MCP bundle: a detached CMS signature over all that stands before its block, as it is stored, or
// as it was before the signing tool counted the block as the zip's comment.

import type { CmsVerifier } from "./cms.ts";
import type { SignedBlock } from "../core/mcpb-block.ts";
import type { PendingSignature } from "./scheme.ts";

/**
 * The signatures of a bundle, over the whole file's bytes: what they ask for ends before the block by itself.
 * @param source how messages name the bundle
 */
export function openMcpb(
  { der, end, commentLength }: SignedBlock,
  verifier: Pick<CmsVerifier, "openOver">,
  source: string,
): readonly PendingSignature[] {
  const stored = { request: { end } };
  if (commentLength === 0) return [verifier.openOver(der, [stored])];
  const restored = {
    request: { end, patch: { at: end - 2, bytes: new Uint8Array(2) } },
    remark: {
      rule: "signature-comment-restored" as const,
      message: `it is valid for the bytes that were signed: the zip's comment length, now ${commentLength}, was 0 then`,
      file: source,
    },
  };
  return [verifier.openOver(der, [stored, restored])];
}
