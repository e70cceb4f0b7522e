// Who may vouch for something: a named person or team, and the exact keys that speak for them.

/** An exception for a key whose own cryptography is out of date; it ends, and says why it exists. */
export interface AllowWeak {
  readonly reason: string;
  /** ISO 8601 time after which the exception no longer counts. */
  readonly expires: string;
}

/** What a pin names. One line for each notation of an identity. */
export type PinScheme =
  /** Fingerprint of an OpenPGP key: 40 or 64 lower-case hex digits. */
  | "openpgp"
  /** Public key as minisign prints it: base64 of `Ed`, key number and key (56 characters). */
  | "minisign"
  /** Public key as signify prints it: the same notation. */
  | "signify"
  /** Public key as OpenSSH prints it, without its comment: `ssh-ed25519 AAAA…`. */
  | "ssh"
  /** Exact subject alternative name of the signing certificate; `issuer` is set too. */
  | "sigstore"
  /** SHA-256 of a certificate or of its SubjectPublicKeyInfo: 64 lower-case hex digits. */
  | "x509"
  /** Key id of a package registry's signing key: `SHA256:` and base64, as the registry and `ssh-keygen -l` print it. */
  | "npm";

/** One exact key or identity of a signer. Never a short id, never a pattern. */
export interface Pin {
  readonly scheme: PinScheme;
  /** Full identity in the scheme's own notation. */
  readonly identity: string;
  /** sigstore: exact OIDC issuer. */
  readonly issuer?: string;
  /** sigstore: numeric ids of the source repository and of its owner, as the certificate states them; they survive a rename. */
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** ssh: the namespace that signatures must be made for; `file` when absent. */
  readonly namespace?: string;
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
