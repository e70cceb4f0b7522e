// Takes Sigstore's keys out of the seeds that @sigstore/tuf carries, and writes them as the file that the program
// reads when it meets a bundle. Nothing is fetched.

import { readFileSync } from "node:fs";

/** The instance that is public good; the seeds may come to hold others. */
const INSTANCE = "https://tuf-repo-cdn.sigstore.dev";
const DAY = 86_400_000;

/** The text of dist/trust-roots.json (src/verify/sigstore-roots.ts has its form). */
export function trustRoots() {
  const seed = JSON.parse(readFileSync("node_modules/@sigstore/tuf/seeds.json", "utf8"))[INSTANCE];
  const read = (base64) => JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  const { signed } = read(seed["root.json"]);
  // The seeds do not say when they were taken. The root metadata says when it expires, and after how many days.
  const period = signed["x-tuf-on-ci-expiry-period"];
  const date = new Date(Date.parse(signed.expires) - period * DAY);
  const registry = Object.keys(seed.targets).filter((name) => name.endsWith("keys.json"));
  if (registry.length !== 1) throw new Error(`${registry.length} targets hold keys of a registry, not one`);
  const roots = {
    form: "boltseal-trust-roots-1",
    date: date.toISOString(),
    dateOf: `TUF root ${signed.version} was signed`,
    trustedRoot: read(seed.targets["trusted_root.json"]),
    registryKeys: read(seed.targets[registry[0]]),
  };
  return `${JSON.stringify(roots)}\n`;
}
