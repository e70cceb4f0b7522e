// What the policies in force demand of one artifact. Separate from the reading of policies, which most
// runs never load.

import { globMatches } from "../core/glob.ts";
import type { Finding } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { ArtifactRule, Policy } from "./types.ts";

/**
 * Every artifact rule that the file must satisfy.
 * @param artifactName the file's name; of a path, the last part counts
 */
export function rulesFor(policy: Policy, artifactName: string): readonly ArtifactRule[] {
  const name = artifactName.slice(artifactName.lastIndexOf("/") + 1);
  return policy.artifacts.filter((rule) => globMatches(rule.match, name));
}

/**
 * One finding `signer-undefined` for each name in a rule for this artifact that no trusted policy defines.
 * @param subject `Subject.id` of the artifact
 */
export function undefinedSigners(policy: Policy, artifactName: string, subject: string): readonly Finding[] {
  const defined = new Set(policy.signers.map((signer) => signer.name));
  return rulesFor(policy, artifactName).flatMap((rule) =>
    rule.signers
      .filter((name) => !defined.has(name))
      .map((name) => ({
        rule: "signer-undefined" as const,
        level: RULES["signer-undefined"].level,
        subject,
        message: `the rule for ${JSON.stringify(rule.match)} names the signer ${JSON.stringify(name)}, which no trusted policy defines`,
        file: rule.definedIn,
        line: rule.line,
      })),
  );
}
