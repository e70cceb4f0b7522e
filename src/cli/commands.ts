// The table of commands. Add one here: one entry, one file beside it.

import type { CommandSpec, OptionSpec } from "./command.ts";

const POLICY: OptionSpec = {
  flags: "--policy <file>",
  description: "use this policy instead of looking for the project's",
};

/** Options of every command that gives a report. */
const REPORT_OPTIONS: readonly OptionSpec[] = [
  { flags: "-f, --format <format>", description: "human, json, sarif, markdown or junit" },
  { flags: "--json", description: "short for --format json" },
  { flags: "-o, --report <file>", description: "write the report to this file instead of standard output" },
  { flags: "--exit-zero", description: "end in status 0 whatever the verdict; errors still end in 2" },
];

/** Options of every command. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { flags: "--no-color", description: "no colour, also on a terminal" },
  { flags: "--debug", description: "show where an internal error happened" },
];

export const COMMANDS = {
  verify: {
    summary: "check signatures and checksums of files before they run",
    operands: "<artifact...>",
    options: [
      {
        flags: "--signature <file>",
        description: "signature over the artifact or over its checksum list",
        repeatable: true,
      },
      { flags: "--key <file>", description: "public keys to trust", repeatable: true },
      { flags: "--fingerprint <hex>", description: "full fingerprint to trust; narrows --key", repeatable: true },
      { flags: "--checksums <file>", description: "checksum list, plain or signed", repeatable: true },
      {
        flags: "--digest <digest>",
        description: "what the artifact must be: sha256:HEX, hex, base64 or SRI",
        repeatable: true,
      },
      { flags: "--as <name>", description: "name that lists and policies know the artifact by" },
      { flags: "--at <time>", description: "judge expiry as of this time (ISO 8601)" },
      { flags: "--all", description: "every signature must be good, not only enough of them" },
      { flags: "--threshold <number>", description: "how many different people must have signed" },
      { flags: "--allow-integrity-only", description: "trust the list of --checksums although nobody signed it" },
      { flags: "--allow-renamed", description: "accept bytes that a signed list has under another name" },
      { flags: "--output <file>", description: "write the verified bytes here, only when they are verified" },
      POLICY,
      ...REPORT_OPTIONS,
    ],
    examples: [
      "boltseal verify app.tar.gz --signature app.tar.gz.asc --key publisher.asc",
      "boltseal verify app.tar.gz --checksums SHA256SUMS --signature SHA256SUMS.asc --key publisher.asc",
      "boltseal verify app.tar.gz --digest sha256:HEX --output verified.tar.gz",
      "boltseal verify --key publisher.asc -- *.tar.gz",
    ],
    load: async () => (await import("./verify.ts")).verify,
  },
  init: {
    summary: "start a policy file in this folder, and vouch for it",
    operands: "",
    options: [],
    examples: ["boltseal init"],
    load: async () => (await import("./init.ts")).init,
  },
  trust: {
    summary: "vouch for a project's policy file as it is now",
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
