// The table of commands. Add one here: one entry, one file beside it.

import type { CommandSpec, OptionSpec } from "./command.ts";

const POLICY: OptionSpec = {
  flags: "--policy <file>",
  description: "use this policy instead of looking for the project's",
};

const FORMAT_OPTIONS: readonly OptionSpec[] = [
  { flags: "-f, --format <format>", description: "of the report: human, json, sarif, markdown or junit" },
  { flags: "--json", description: "short for --format json" },
];

const EXIT_ZERO: OptionSpec = {
  flags: "--exit-zero",
  description: "end in status 0 whatever the verdict; errors still end in 2",
};

/** Options of every command whose product is a report. */
const REPORT_OPTIONS: readonly OptionSpec[] = [
  ...FORMAT_OPTIONS,
  { flags: "-o, --report <file>", description: "write the report to this file instead of standard output" },
  EXIT_ZERO,
];

/** Options of every command. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { flags: "--no-color", description: "no colour, also on a terminal" },
  { flags: "--debug", description: "show where an internal error happened" },
];

export const COMMANDS = {
  verify: {
    summary: "check signatures and checksums of files before they run",
    operands: "[artifact...]",
    options: [
      {
        flags: "--signature <file>",
        description: "signature over the artifact or over its checksum list",
        repeatable: true,
      },
      { flags: "--bundle <file>", description: "Sigstore bundle, or several as JSON lines", repeatable: true },
      { flags: "--attestations <file>", description: "attestations of npm or PyPI", repeatable: true },
      { flags: "--npm-signature <file>", description: "signature of an npm registry", repeatable: true },
      {
        flags: "--key <file>",
        description: "public keys to trust: OpenPGP, minisign, signify, SSH, PEM; or the key itself",
        repeatable: true,
      },
      { flags: "--fingerprint <hex>", description: "full fingerprint to trust; narrows --key", repeatable: true },
      { flags: "--namespace <name>", description: "what SSH signatures must be made for, in place of 'file'" },
      {
        flags: "--ca-file <file>",
        description: "certificate authorities to trust, for CMS signatures and .mcpb bundles",
        repeatable: true,
      },
      { flags: "--certificate-identity <name>", description: "exact identity in a Sigstore certificate" },
      { flags: "--certificate-oidc-issuer <url>", description: "exact issuer of that identity" },
      { flags: "--trusted-root <file>", description: "Sigstore's keys, instead of those that came with boltseal" },
      { flags: "--checksums <file>", description: "checksum list, plain or signed", repeatable: true },
      {
        flags: "--digest <digest>",
        description: "what the artifact must be: sha256:HEX, hex, base64 or SRI",
        repeatable: true,
      },
      { flags: "--server-json <file>", description: "server.json that the artifact must agree with" },
      { flags: "--from <origin>", description: "get the artifact from npm:NAME@VERSION or an https URL first" },
      {
        flags: "--host <name>",
        description: "host that a download may be redirected to, also on a private network",
        repeatable: true,
      },
      { flags: "--as <name>", description: "name that lists and policies know the artifact by" },
      { flags: "--at <time>", description: "judge expiry as of this time (ISO 8601)" },
      { flags: "--all", description: "every signature must be good, not only enough of them" },
      { flags: "--threshold <number>", description: "how many different people must have signed" },
      { flags: "--allow-integrity-only", description: "trust the list of --checksums although nobody signed it" },
      { flags: "--allow-renamed", description: "accept bytes that a signed list has under another name" },
      { flags: "--lock", description: "record what was verified in boltseal.lock" },
      { flags: "--lock-file <file>", description: "use this lock instead of looking for boltseal.lock" },
      { flags: "--offline", description: "open no socket, whatever else is asked for" },
      { flags: "--refresh-trust", description: "fetch the present keys of Sigstore and npm first" },
      { flags: "--verbose", description: "say which addresses are asked" },
      { flags: "--output <file>", description: "write the verified bytes here, only when they are verified" },
      POLICY,
      ...REPORT_OPTIONS,
    ],
    examples: [
      "boltseal verify app.tar.gz --signature app.tar.gz.asc --key publisher.asc",
      "boltseal verify app.tar.gz --checksums SHA256SUMS --signature SHA256SUMS.asc --key publisher.asc",
      "boltseal verify app.tar.gz --digest sha256:HEX --output verified.tar.gz",
      "boltseal verify --key publisher.asc -- *.tar.gz",
      "boltseal verify server.mcpb --fingerprint SHA256-OF-THE-CERTIFICATE",
      "boltseal verify app.tgz --bundle app.sigstore.json --certificate-identity NAME --certificate-oidc-issuer URL",
      "boltseal verify --from npm:@acme/server@1.2.0 --certificate-identity NAME --certificate-oidc-issuer URL",
    ],
    load: async () => (await import("./verify.ts")).verify,
  },
  sbom: {
    summary: "list everything that a component brings along, with every digest",
    operands: "[path]",
    options: [
      { flags: "--source <kind>", description: "what the path is, instead of what it looks like" },
      {
        flags: "--bom-format <name>",
        description: "cyclonedx-1.4 to cyclonedx-1.7, spdx-2.3; cyclonedx (1.6) when not given",
      },
      { flags: "-o, --output <file>", description: "write the SBOM to this file instead of standard output" },
      { flags: "--timestamp <time>", description: "when it is said to be made: ISO 8601, or now" },
      { flags: "--author <name>", description: "who made it: 'Name <mail or URL>'", repeatable: true },
      { flags: "--manufacturer <name>", description: "the organisation that made it: 'Name <mail or URL>'" },
      { flags: "--quality <standard>", description: "show which fields that ntia or bsi asks for are there" },
      { flags: "--no-validate", description: "do not check the SBOM against its own specification" },
      POLICY,
      ...FORMAT_OPTIONS,
      { flags: "--report <file>", description: "write what there is to say about the SBOM to this file" },
      EXIT_ZERO,
    ],
    examples: [
      "boltseal sbom > server.cdx.json",
      "boltseal sbom package-lock.json -o server.cdx.json",
      "boltseal sbom server.mcpb --bom-format spdx",
      "boltseal sbom --source node-modules ~/servers/files",
      "boltseal sbom server.cdx.json --quality ntia",
    ],
    load: async () => (await import("./sbom.ts")).sbom,
  },
  init: {
    summary: "start a policy file in this folder, and vouch for it",
    operands: "",
    options: [],
    examples: ["boltseal init"],
    load: async () => (await import("./init.ts")).init,
  },
  trust: {
    summary: "vouch for a project's policy or lock as it is now",
    operands: "<file>",
    options: [{ flags: "--remove", description: "stop vouching for it" }],
    examples: ["boltseal trust boltseal.json", "boltseal trust --remove boltseal.json"],
    load: async () => (await import("./trust.ts")).trust,
  },
  explain: {
    summary: "what a rule means, why it matters, what to do",
    operands: "[rule]",
    options: [],
    examples: ["boltseal explain signature-untrusted", "boltseal explain"],
    load: async () => (await import("./explain.ts")).explain,
  },
  doctor: {
    summary: "show which policies, signers and keys are in force, and why",
    operands: "",
    options: [POLICY, { flags: "--json", description: "as JSON" }],
    examples: ["boltseal doctor"],
    load: async () => (await import("./doctor.ts")).doctor,
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;

export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}
