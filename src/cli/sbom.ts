// `boltseal sbom`: from the arguments to an SBOM. The SBOM is what was asked for and goes to standard output or --output;
// what there is to say about it goes to standard error then, and to standard output when that is free.

import { UserError } from "../core/errors.ts";
import { isSourceKind, SOURCES } from "../inventory/sources.ts";
import type { SourceKind } from "../inventory/sources.ts";
import { discardTemporaryFiles, writeFileAtomically } from "../io/files.ts";
import { parseTime } from "../policy/time.ts";
import { BOM_FORMATS, bomFormatNamed } from "../sbom/bom-formats.ts";
import type { BomFormat } from "../sbom/bom-formats.ts";
import { parseContact } from "../sbom/contact.ts";
import type { Contact } from "../sbom/contact.ts";
import type { QualityStandard } from "../sbom/quality.ts";
import { nearestName } from "../core/nearest.ts";
import type { Arguments, Command } from "./command.ts";
import { formatOf } from "./deliver.ts";
import { policyInForce } from "./policy-flag.ts";
import type { World } from "./world.ts";

/** Set by the build from package.json. */
declare const BOLTSEAL_VERSION: string;

function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? `one of ${known.join(", ")}` : `did you mean ${near}?`;
}

function sourceOf(name: string | undefined): SourceKind | undefined {
  if (name === undefined || isSourceKind(name)) return name;
  throw new UserError("usage", `unknown source: ${name}`, { hint: didYouMean(name, Object.keys(SOURCES)) });
}

function bomFormatOf(name: string | undefined): BomFormat {
  const format = bomFormatNamed(name ?? "cyclonedx");
  if (format !== undefined) return format;
  const known = ["cyclonedx", "spdx", ...Object.keys(BOM_FORMATS)];
  throw new UserError("usage", `unknown SBOM format: ${name ?? ""}`, { hint: didYouMean(name ?? "", known) });
}

/** Seconds since 1970, as reproducible-builds.org specifies the variable. */
const EPOCH_SECONDS = /^[0-9]{1,11}$/;

function timestampOf(text: string | undefined, world: World): Date | undefined {
  if (text === "now") return world.now();
  if (text !== undefined) {
    const time = parseTime(text);
    if (time !== undefined) return new Date(time);
    throw new UserError("usage", `--timestamp ${text}: not a time`, {
      hint: "write now, 2027-01-31 or 2027-01-31T12:00:00Z",
    });
  }
  const seconds = world.env["SOURCE_DATE_EPOCH"];
  if (seconds === undefined || seconds === "") return undefined;
  if (EPOCH_SECONDS.test(seconds)) return new Date(Number(seconds) * 1000);
  throw new UserError("usage", `SOURCE_DATE_EPOCH=${seconds}: not a number of seconds since 1970`, {
    hint: "unset it, or say --timestamp",
  });
}

function contactOf(flag: string, text: string): Contact {
  const contact = parseContact(text);
  if (contact !== undefined) return contact;
  // The text is not repeated: a URL that is refused may hold a password.
  throw new UserError("usage", `${flag}: not a name with a mail address or a URL without user, password and query`, {
    hint: `write ${flag} 'Acme Inc. <security@acme.example>'`,
  });
}

function qualityOf(name: string | undefined): QualityStandard | undefined {
  if (name === undefined || name === "ntia" || name === "bsi") return name;
  throw new UserError("usage", `unknown standard: ${name}`, { hint: "one of ntia, bsi" });
}

/** Other programs write to standard output for `-`; here that would be a file of this name, and an empty pipe. */
function outputOf(args: Arguments): string | undefined {
  const output = args.value("output");
  if (output !== "-") return output;
  throw new UserError("usage", "--output -: that is no file", {
    hint: "without --output the SBOM goes to standard output; a file of this name is ./-",
  });
}

export const sbom: Command = async (args, world) => {
  const isJson = formatOf(args) === "json";
  const [path = "."] = args.operands;
  const [source, format] = [sourceOf(args.value("source")), bomFormatOf(args.value("bom-format"))];
  const timestamp = timestampOf(args.value("timestamp"), world);
  const authors = args.values("author").map((text) => contactOf("--author", text));
  const made = args.value("manufacturer");
  const manufacturer = made === undefined ? undefined : contactOf("--manufacturer", made);
  const standard = qualityOf(args.value("quality"));
  const output = outputOf(args);
  const policy = await policyInForce(args, world);
  const { makeSbom } = await import("../sbom/job.ts");
  const { report, text, quality } = await makeSbom({
    ...{ path, cwd: world.cwd, format, authors, policy, now: world.now(), toolVersion: BOLTSEAL_VERSION },
    ...(source === undefined ? {} : { source }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(standard === undefined ? {} : { quality: standard }),
    validate: !args.flag("no-validate"),
    write: standard === undefined || output !== undefined,
  });
  if (output !== undefined && text !== undefined) {
    // Not earlier: a handler waits until the work is done, and without one a signal ends it at once.
    world.onInterrupt(discardTemporaryFiles);
    writeFileAtomically(output, text, 0o644);
  }
  if (quality !== undefined) {
    const { qualityJson, qualityText } = await import("../sbom/quality.ts");
    return { report, text: isJson ? qualityJson(quality) : qualityText(quality) };
  }
  return { report, ...(output === undefined && text !== undefined ? { text } : {}) };
};
