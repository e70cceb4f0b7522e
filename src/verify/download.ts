// `--from`: what was downloaded is verified like files that were always here, and then it is gone.

import { basename, sep } from "node:path";
import type { Report } from "../core/report.ts";
import type { NamedFile } from "./flags.ts";
import { obtain } from "./obtain.ts";
import { inOrder } from "./setting.ts";
import type { VerifyRequest } from "./setting.ts";

/** Downloads into a folder that is gone when this ends. Paths in it appear in the report as names. */
export async function verifyDownload(
  request: VerifyRequest,
  from: string,
  verifyHere: (request: VerifyRequest) => Promise<Report>,
): Promise<Report> {
  const { onProgress } = request;
  const obtained = await obtain(from, {
    ...request.network,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (path: string, done: number, total = done) => onProgress(basename(path), done, total) }),
  });
  try {
    const { artifact, files, folder, package: found } = obtained;
    const evidence = files.flatMap((path): NamedFile[] => {
      if (found === undefined) return [];
      return [{ path, flag: basename(path) === "npm-signature.json" ? "npm-signature" : "attestations" }];
    });
    const report = await verifyHere({
      ...request,
      artifacts: [artifact],
      signatures: [...request.signatures, ...evidence],
      origin: { shown: obtained.shown, ...(found === undefined ? {} : { package: found }) },
    });
    const shown = withoutFolder({ ...report, skipped: [...obtained.skipped, ...report.skipped] }, folder);
    return { ...shown, skipped: inOrder(shown.skipped) };
  } finally {
    obtained.discard();
  }
}

/** The report, with names in place of the paths of a folder that nobody will find. */
function withoutFolder(report: Report, folder: string): Report {
  const shorten = (value: unknown): unknown => {
    if (typeof value === "string") return value.replaceAll(folder + sep, "");
    if (Array.isArray(value)) return value.map(shorten);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member)]));
  };
  return shorten(report) as Report;
}
