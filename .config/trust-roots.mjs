// Takes Sigstore's keys out of the seeds that @sigstore/tuf carries, as the files that the program reads when it meets
// a bundle, and when it is told to fetch newer keys. Nothing is fetched.

import { readFileSync } from "node:fs";

/** The instance that is public good; the seeds may come to hold others. */
const INSTANCE = "https://tuf-repo-cdn.sigstore.dev";
const DAY = 86_400_000;

const seed = () => JSON.parse(readFileSync("node_modules/@sigstore/tuf/seeds.json", "utf8"))[INSTANCE];

const TRUSTED_ROOT = "trusted_root.json";

/** The name of the target that holds a registry's keys, as the seeds write it: with its slash encoded. */
function registryTarget({ targets }) {
  const names = Object.keys(targets).filter((name) => name.endsWith("keys.json"));
  if (names.length !== 1) throw new Error(`${names.length} targets hold keys of a registry, not one`);
  return names[0];
}

/** The text of dist/trust-roots.json (src/verify/sigstore-roots.ts has its form). */
export function trustRoots() {
  const { targets, "root.json": root } = seed();
  const read = (base64) => JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
  const { signed } = read(root);
  // The seeds do not say when they were taken. The root metadata says when it expires, and after how many days.
  const date = new Date(Date.parse(signed.expires) - signed["x-tuf-on-ci-expiry-period"] * DAY);
  const roots = {
    form: "boltseal-trust-roots-1",
    date: date.toISOString(),
    dateOf: `TUF root ${signed.version} was signed`,
    trustedRoot: read(targets[TRUSTED_ROOT]),
    registryKeys: read(targets[registryTarget({ targets })]),
  };
  return `${JSON.stringify(roots)}\n`;
}

/** The text of dist/tuf-start.json (src/cli/tuf-client.ts has its form). */
export function tufStart() {
  const { targets, "root.json": root } = seed();
  const registryKeys = decodeURIComponent(registryTarget({ targets }));
  return `${JSON.stringify({ repository: INSTANCE, root, targets: { trustedRoot: TRUSTED_ROOT, registryKeys } })}\n`;
}
