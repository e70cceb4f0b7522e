// Who made an SBOM, as people write it on a command line: `Acme Inc. <security@acme.example>`, a URL in place of the
// mail address, or a name alone.

import { publicUrl } from "../core/public-url.ts";

export interface Contact {
  readonly name: string;
  readonly email?: string;
  readonly url?: string;
}

const CONTACT = /^([^<>]*[^<>\s])(?:\s*<([^<>\s]+)>)?$/;

/** Undefined for text that is no contact. */
export function parseContact(text: string): Contact | undefined {
  const [, name, address] = CONTACT.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  if (address === undefined) return { name };
  // What could be a secret is refused, and not left out: it would still stand in the shell's history.
  if (/^https?:\/\//i.test(address)) return publicUrl(address)?.redacted === false ? { name, url: address } : undefined;
  return /^[^@\s]+@[^@\s]+$/.test(address) ? { name, email: address } : undefined;
}
