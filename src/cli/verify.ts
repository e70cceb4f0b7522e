// `boltseal verify`: from a request to a report, and what is left behind on the way.

import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { discardTemporaryFiles } from "../io/files.ts";
import { discardDownloadFolders } from "../io/net-folder.ts";
import type { RecordedLock } from "../policy/lock-write.ts";
import { verifyArtifacts } from "../verify/job.ts";
import type { Command } from "./command.ts";
import { formatOf } from "./deliver.ts";
import { createProgress } from "./progress.ts";
import { networkOf, requestOf } from "./verify-request.ts";

function recordedText({ path, changed, vouched }: RecordedLock): string {
  const what = changed ? "recorded what was verified" : "holds all this already";
  return `${path}: ${what}\n${vouched ? "" : `hint: nobody vouched for this lock; read it, then run boltseal trust ${path}\n`}`;
}

export const verify: Command = async (args, world) => {
  formatOf(args);
  if (args.flag("refresh-trust")) {
    if (args.flag("offline")) throw new UserError("usage", "--refresh-trust fetches keys, and --offline forbids it");
    const { refreshTrust } = await import("./refresh-trust.ts");
    const path = await refreshTrust({
      userDir: world.userDir,
      now: world.now(),
      connection: networkOf(args, world).connection,
    });
    const text = `${printable(path)}: holds the present keys of Sigstore and npm\n`;
    if (args.operands.length === 0 && args.value("from") === undefined) return { text };
    world.writeErr(text);
  }
  const request = await requestOf(args, world);
  const progress = createProgress(world);
  // Only where there is something to clean up: a handler runs when the current step is done, not at once.
  if (request.output !== undefined || request.from !== undefined || request.lock) {
    world.onInterrupt(() => {
      discardTemporaryFiles();
      discardDownloadFolders();
    });
  }
  try {
    const onRecorded = (lock: RecordedLock): void => world.writeErr(recordedText(lock));
    return { report: await verifyArtifacts({ ...request, onRecorded, onProgress: progress.update }) };
  } finally {
    progress.stop();
  }
};
