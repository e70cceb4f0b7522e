// Who may vouch for something: a named person or team, and the exact keys that speak for them.

/** An exception for a key whose own cryptography is out of date; it ends, and says why it exists. */
export interface AllowWeak {
  readonly reason: string;
  /** ISO 8601 time after which the exception no longer counts. */
  readonly expires: string;
}

/** One exact key or identity of a signer. Never a short id, never a pattern. */
export interface Pin {
  readonly scheme: "openpgp";
  /** Full identity in the scheme's own notation; OpenPGP: 40 or 64 lower-case hex digits. */
  readonly identity: string;
  /** Signatures that claim a time outside [notBefore, notAfter] do not count. ISO 8601. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Why this key must not be believed any more, whatever time its signatures claim. */
  readonly revoked?: string;
  readonly allowWeak?: AllowWeak;
}

export interface Signer {
  readonly name: string;
  readonly pins: readonly Pin[];
  /** Files that hold the public keys, as paths that can be opened. Only keys that a pin names are taken from them. */
  readonly keyFiles: readonly string[];
  /** Path of the policy that defines this signer, as the report shows it. */
  readonly definedIn: string;
}
