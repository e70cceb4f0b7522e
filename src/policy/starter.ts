// The policy file that `boltseal init` writes: valid as it is, and it demands and grants nothing until
// its owner takes the slashes away from the examples; without them the whole is a valid policy too.

/** Text of a policy in JSON with comments; ends in a line feed. */
export function starterPolicy(): string {
  return STARTER;
}

const STARTER = `{
  // What boltseal may believe, and what it must demand. All keys: docs/policy.md
  "version": 1,

  // Who may vouch for something, by full fingerprint: gpg --show-keys --with-fingerprint FILE
  // Compare each fingerprint with one that you obtained another way than the key itself.
  // "signers": {
  //   "acme-release": {
  //     "openpgp": ["0000 1111 2222 3333 4444  5555 6666 7777 8888 9999"],
  //     "keys": ["keys/acme.asc"],
  //   },
  // },

  // What files must have, by name. Every pattern that matches must hold.
  // "artifacts": {
  //   "acme-*.tar.gz": { "signers": ["acme-release"], "threshold": 1 },
  // },

  // Rules that shall weigh more than they do by themselves: note, warn, unknown, reject.
  // "rules": {
  //   "signature-surrounded": "reject",
  // },

  // Findings to live with, each for a named subject, a reason and at most a year.
  // "waivers": [
  //   {
  //     "rule": "checksum-weak",
  //     "subject": "acme-0.9.tar.gz",
  //     "reason": "the publisher stopped at MD5; replaced with 1.0 in spring",
  //     "expires": "2027-03-01",
  //   },
  // ],

  // In your own policy: the signers whose signature vouches for the policy of a project.
  // "policySigners": ["acme-release"],
}
`;
