// Files of Sigstore bundles: one document, or JSON Lines, each bundle a signature that waits (sigstore-bundle.ts).

import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import type { EvidenceFile, OpenedFile, Remark, Trust, Verifier } from "./scheme.ts";
import { settledAs } from "./settled.ts";
import { openBundle, problemOfTrustedRoot } from "./sigstore-bundle.ts";
import { readManagedKeys } from "./sigstore-keys.ts";
import { ageOf, readTrustRoots } from "./sigstore-roots.ts";

/** A file with more bundles than this is an attempt to keep us busy. */
const MAX_BUNDLES = 32;

/** Of these, signatures over the file itself: each is checked with a pass of its own, and statements share one. */
const MAX_MESSAGES = 8;

/** The documents of a file: one, or one a line (JSON Lines). What cannot be read is a text that says why. */
function documentsIn(file: EvidenceFile): readonly (readonly [Json] | string)[] {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch {
    return ["it is not UTF-8"];
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  // One document, over one or many lines, is not a list of lines that each are one.
  const each = lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)) ? lines : [text];
  if (each.length > MAX_BUNDLES) return [`it holds ${each.length} bundles, at most ${MAX_BUNDLES} are read`];
  return each.map((document): readonly [Json] | string => {
    try {
      return [parseJson(document, { source: file.source }).value];
    } catch (error) {
      return `it is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
}

async function openFile(
  trust: Trust,
  managedKeys: ReturnType<typeof readManagedKeys>["keys"],
  file: EvidenceFile,
): Promise<OpenedFile> {
  const signatures = await Promise.all(
    documentsIn(file).map(async (document) =>
      typeof document === "string"
        ? settledAs("malformed", document)
        : openBundle({ bundle: document[0], trust, managedKeys }),
    ),
  );
  const messages = signatures.filter(({ needs }) =>
    needs.some(({ verify, algorithm }) => verify !== undefined || algorithm === "identity"),
  );
  if (messages.length > MAX_MESSAGES) {
    const reason = `it holds ${messages.length} signatures over the file itself, at most ${MAX_MESSAGES} are checked`;
    return { signatures: [settledAs("malformed", reason)], remarks: [] };
  }
  return { signatures, remarks: [] };
}

/** @throws UserError `key-malformed` for a trusted root that cannot be used */
function checkedRoots(trust: Trust): readonly Remark[] {
  const file = trust.trustedRoot;
  if (file === undefined) return [];
  const roots = readTrustRoots(file);
  const problem = problemOfTrustedRoot(file);
  if (problem !== undefined) throw new UserError("key-malformed", `${file.source}: ${problem}`);
  // --at into the past does not make them young.
  const age = ageOf(roots, trust.at > trust.now ? trust.at : trust.now);
  return age === undefined ? [] : [{ rule: "trust-root-old", message: age, file: file.source }];
}

/** @throws UserError `key-malformed` for keys and a trusted root that cannot be used */
export function createVerifier(trust: Trust): Verifier {
  const { keys, remarks } = readManagedKeys(trust);
  const aged = checkedRoots(trust);
  return { remarks: [...remarks, ...aged], open: (file) => openFile(trust, keys, file) };
}
