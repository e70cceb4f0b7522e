// Who made an SBOM, as people write it on a command line: `Acme Inc. <security@acme.example>`, a URL in place of the
// mail address, or a name alone.

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
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? { name, url: address } : undefined;
  return /^[^@\s]+@[^@\s]+$/.test(address) ? { name, email: address } : undefined;
}
