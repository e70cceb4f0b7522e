// `npm run demo`: a release that verifies, is tampered with by one byte, and is refused. Every command is
// printed before it runs, in a temporary copy of fixtures/verify/good, so that a reader can repeat it.
// An outcome other than the one that the story tells ends the demo in failure.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { bareEnvironment } from "./support/run.ts";

const folder = mkdtempSync(join(tmpdir(), "boltseal-demo-"));
const home = join(folder, "home");
const release = join(folder, "release");

/** Prints and runs one command of the story. @returns whether it ended as told */
function boltseal(words: string, expected: number): boolean {
  console.log(`\n$ boltseal ${words}`);
  const result = spawnSync(process.execPath, [BOLTSEAL, ...words.split(" ")], {
    cwd: release,
    env: bareEnvironment(home),
    encoding: "utf8",
  });
  process.stdout.write(result.stdout + result.stderr);
  console.log(`[exit ${result.status}]`);
  if (result.status === expected) return true;
  console.error(`the demo expected exit ${expected}`);
  return false;
}

/** Prints a shell command, and does in its place what it would do. */
function shell(command: string, action: () => void): true {
  console.log(`\n$ ${command}`);
  action();
  return true;
}

function say(text: string): true {
  console.log(`\n# ${text}`);
  return true;
}

const installer = join(release, "installer.sh");

function tamper(): void {
  const bytes = readFileSync(installer);
  bytes[20] = "X".charCodeAt(0);
  writeFileSync(installer, bytes);
}

function relist(): void {
  const lines = ["installer.sh", "acme-server-1.2.0.tgz"].map((name) => {
    const digest = createHash("sha256")
      .update(readFileSync(join(release, name)))
      .digest("hex");
    return `${digest}  ${name}\n`;
  });
  writeFileSync(join(release, "SHA256SUMS"), lines.join(""));
}

/** The steps in order; the story stops at the first that does not end as told. */
const STORY: readonly (() => boolean)[] = [
  () => say("You downloaded an installer, its signature, and the publisher's key. May it run?"),
  () => boltseal("verify installer.sh --signature installer.sh.asc --key acme.asc", 0),
  () => say("The release also has a checksum list. Signature, list and file are one chain and one command."),
  () =>
    boltseal(
      "verify installer.sh acme-server-1.2.0.tgz --checksums SHA256SUMS --signature SHA256SUMS.asc --key acme.asc",
      0,
    ),
  () => say("Somebody changes one byte of the installer."),
  () => shell("printf X | dd of=installer.sh bs=1 seek=20 conv=notrunc status=none", tamper),
  () => boltseal("verify installer.sh --signature installer.sh.asc --key acme.asc", 1),
  () => say("They also rewrite the checksum list, so that file and list agree again. Nobody signed that."),
  () => shell("sha256sum installer.sh acme-server-1.2.0.tgz > SHA256SUMS", relist),
  () => boltseal("verify installer.sh --checksums SHA256SUMS --signature SHA256SUMS.asc --key acme.asc", 1),
  () => say("Without a signature the list proves only that the two agree: that is not a yes."),
  () => boltseal("verify installer.sh --checksums SHA256SUMS", 2),
  () => say("The other file of the release is untouched. --output hands on exactly the bytes that were verified."),
  () => boltseal("verify acme-server-1.2.0.tgz --checksums SHA256SUMS.signed --key acme.asc --output verified.tgz", 0),
];

try {
  mkdirSync(home);
  cpSync(join(ROOT, "fixtures/verify/good"), release, { recursive: true });
  console.log("# To repeat this by hand, from the project's folder:");
  console.log(
    `# cp -r fixtures/verify/good /tmp/release && alias boltseal="node $PWD/bin/boltseal.cjs" && cd /tmp/release`,
  );
  const told = STORY.every((step) => step());
  if (told) console.log("\n# Exit status: 0 verified, 1 rejected, 2 could not tell.");
  process.exitCode = told ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
