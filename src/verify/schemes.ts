// The table of signature schemes, in the order in which content is tried. Add one here.

import { cms } from "./cms.ts";
import { foreign } from "./foreign.ts";
import { minisign } from "./minisign.ts";
import { npm, npmAttestations } from "./npm.ts";
import { openpgp } from "./openpgp.ts";
import { pypi } from "./pypi.ts";
import type { Scheme } from "./scheme.ts";
import { signify } from "./signify.ts";
import { sigstore } from "./sigstore.ts";
import { ssh } from "./ssh.ts";

const SCHEMES: readonly Scheme[] = [
  openpgp,
  minisign,
  signify,
  ssh,
  cms,
  npmAttestations,
  npm,
  pypi,
  sigstore,
  foreign,
];

/** The scheme of a signature file, told from its content; its name is never asked. */
export function schemeOf(bytes: Uint8Array): Scheme | undefined {
  return SCHEMES.find((scheme) => scheme.recognises(bytes));
}

/** The scheme whose public keys a file seems to hold. */
export function schemeOfKey(bytes: Uint8Array): Scheme | undefined {
  return SCHEMES.find((scheme) => scheme.recognisesKey(bytes));
}
