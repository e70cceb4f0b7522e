// The publisher that an index names beside attestations (PEP 740, "Provenance objects"). Nobody signed that name, so it
// proves nothing: but an index that names another publisher than the certificate does is not to be believed.
//
//   GitHub  { kind, repository: "OWNER/NAME", workflow: "FILE", environment? }
//   GitLab  { kind, repository: "GROUP/…/NAME", workflow_filepath: "PATH", environment? }
//   Google  { kind, email }

import type { Json } from "../core/json.ts";
import { memberOf } from "./json-members.ts";
import type { Judgement } from "./scheme.ts";
import type { CertificateFacts } from "./sigstore-bundle.ts";

/** What the certificate must say; of `config` the start. */
interface Expectation {
  readonly issuer: string;
  readonly repository?: string;
  readonly config?: string;
  readonly san?: string;
}

type Publishers = Readonly<Record<string, (text: (name: string) => string) => Expectation>>;

/** Add one here. Of environments certificates say nothing. */
const PUBLISHERS: Publishers = {
  GitHub(text) {
    const repository = `https://github.com/${text("repository")}`;
    const config = `${repository}/.github/workflows/${text("workflow")}@`;
    return { issuer: "https://token.actions.githubusercontent.com", repository, config };
  },
  GitLab(text) {
    const repository = `https://gitlab.com/${text("repository")}`;
    return { issuer: "https://gitlab.com", repository, config: `${repository}//${text("workflow_filepath")}@` };
  },
  Google: (text) => ({ issuer: "https://accounts.google.com", san: text("email") }),
};

/** Why the publisher is not who signed, or undefined; none is named beside a single attestation. */
export function publisherProblem(
  publisher: Json | undefined,
  certificate: CertificateFacts | undefined,
): Pick<Judgement, "state" | "reason"> | undefined {
  if (publisher === undefined) return undefined;
  const kind = memberOf(publisher, "kind");
  if (typeof kind !== "string") return { state: "malformed", reason: "its publisher is of no kind" };
  const read = Object.hasOwn(PUBLISHERS, kind) ? PUBLISHERS[kind] : undefined;
  if (read === undefined)
    return { state: "unsupported", reason: `its publisher is of the kind ${kind}, which is not known here` };
  const missing: string[] = [];
  const expected = read((name) => {
    const value = memberOf(publisher, name);
    if (typeof value === "string" && value !== "") return value;
    missing.push(name);
    return "";
  });
  if (missing.length > 0)
    return { state: "malformed", reason: `its publisher is named without ${missing.join(" and ")}` };
  const difference = certificate === undefined ? "no certificate" : differenceTo(expected, certificate);
  if (difference === undefined) return undefined;
  return { state: "invalid", reason: `the index names another publisher than the certificate: ${difference}` };
}

function differenceTo(expected: Expectation, certificate: CertificateFacts): string | undefined {
  const { issuer, repository, config, san } = expected;
  if (certificate.issuer !== issuer) return `${issuer}, not ${certificate.issuer}`;
  if (san !== undefined && certificate.san !== san) return `${san}, not ${certificate.san}`;
  if (repository !== undefined && certificate.repository?.toLowerCase() !== repository.toLowerCase())
    return `${repository}, not ${certificate.repository ?? "one without a repository"}`;
  if (config === undefined) return undefined;
  // The owner and name of a repository are the same in any case, the path of a file is not.
  const { buildConfig = "" } = certificate;
  const length = repository?.length ?? 0;
  const same =
    buildConfig.slice(0, length).toLowerCase() === config.slice(0, length).toLowerCase() &&
    buildConfig.slice(length).startsWith(config.slice(length));
  return same ? undefined : `${config}…, not ${buildConfig === "" ? "one without a workflow" : buildConfig}`;
}
