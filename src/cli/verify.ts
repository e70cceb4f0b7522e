// `boltseal verify`: from arguments to a request, and from the request to a report.

import { parseDigests } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { discardTemporaryFiles } from "../io/files.ts";
import { parseTime } from "../policy/time.ts";
import { verifyArtifacts } from "../verify/job.ts";
import type { VerifyRequest } from "../verify/job.ts";
import type { Arguments, Command } from "./command.ts";
import { formatOf } from "./deliver.ts";
import { policyInForce } from "./policy-flag.ts";
import { createProgress } from "./progress.ts";
import type { World } from "./world.ts";

/** A full fingerprint, written with or without blanks and 0x. @throws UserError `usage` */
export function parseFingerprint(text: string): string {
  const hex = text.replaceAll(/[\s:]/g, "").replace(/^0x/i, "").toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex)) return hex;
  const short = /^[0-9a-f]{8,39}$/.test(hex);
  throw new UserError(
    "usage",
    `--fingerprint ${text}: ${short ? "a short key id can be forged" : "not a fingerprint"}`,
    {
      hint: "give all 40 or 64 hex digits: gpg --show-keys --with-fingerprint FILE",
    },
  );
}

function parseThreshold(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new UserError("usage", `--threshold ${text}: not a whole number of at least 1`);
}

function parseAt(text: string | undefined, world: World): Date {
  if (text === undefined) return world.now();
  const time = parseTime(text);
  if (time === undefined)
    throw new UserError("usage", `--at ${text}: not a time`, { hint: "write 2027-01-31 or 2027-01-31T12:00:00Z" });
  return new Date(time);
}

function refuseManyFor(args: Arguments): void {
  if (args.operands.length === 1) return;
  for (const option of ["as", "digest", "output"]) {
    if (args.values(option).length > 0)
      throw new UserError("usage", `--${option} speaks of one artifact, and ${args.operands.length} were given`);
  }
}

async function requestOf(args: Arguments, world: World): Promise<VerifyRequest> {
  const threshold = parseThreshold(args.value("threshold"));
  const as = args.value("as");
  const output = args.value("output");
  for (const digest of args.values("digest")) parseDigests(digest);
  const at = parseAt(args.value("at"), world);
  return {
    artifacts: args.operands,
    signatures: args.values("signature"),
    keys: args.values("key"),
    fingerprints: args.values("fingerprint").map(parseFingerprint),
    checksums: args.values("checksums"),
    digests: args.values("digest"),
    at,
    now: world.now(),
    clockSet: args.value("at") !== undefined,
    allowIntegrityOnly: args.flag("allow-integrity-only"),
    allowRenamed: args.flag("allow-renamed"),
    all: args.flag("all"),
    ...(threshold === undefined ? {} : { threshold }),
    ...(as === undefined ? {} : { as }),
    ...(output === undefined ? {} : { output }),
    policy: await policyInForce(args, world),
  };
}

export const verify: Command = async (args, world) => {
  formatOf(args);
  refuseManyFor(args);
  const request = await requestOf(args, world);
  const progress = createProgress(world);
  // Only where there is something to clean up: a handler runs when the current step is done, not at once.
  if (request.output !== undefined) world.onInterrupt(discardTemporaryFiles);
  try {
    return { report: await verifyArtifacts({ ...request, onProgress: progress.update }) };
  } finally {
    progress.stop();
  }
};
