// People and organisations as CycloneDX has them, made of what a package or a command line says.

import type { Contact } from "./contact.ts";

export interface CdxContact {
  readonly name?: string;
  readonly email?: string;
}

export interface CdxOrganization {
  readonly name: string;
  readonly url?: readonly string[];
  readonly contact?: readonly CdxContact[];
}

/** A mail address that every validator takes; others stay part of the name. */
const MAIL =
  /^[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const MAX_MAIL = 254;

function isPlainMail(text: string): boolean {
  return text.length <= MAX_MAIL && MAIL.test(text);
}

/** `Name <mail> (url)`, as npm and Python write authors, with the mail address taken out of it. */
export function splitAuthor(text: string): CdxContact {
  const open = text.indexOf("<");
  const close = text.indexOf(">", open);
  if (open === -1 || close === -1 || text.includes("<", open + 1)) return { name: text };
  const email = text.slice(open + 1, close);
  if (!isPlainMail(email)) return { name: text };
  const name = `${text.slice(0, open).trim()} ${text.slice(close + 1).trim()}`.trim();
  return name === "" ? { email } : { name, email };
}

/** CycloneDX has no URL for a person: it stays behind the name. */
export function contactPerson({ name, email, url }: Contact): CdxContact {
  if (email !== undefined && isPlainMail(email)) return { name, email };
  const address = email ?? url;
  return { name: address === undefined ? name : `${name} <${address}>` };
}

export function contactOrganization(contact: Contact): CdxOrganization {
  const { name, email, url } = contact;
  if (email !== undefined && !isPlainMail(email)) return { name: `${name} <${email}>` };
  return {
    name,
    ...(url === undefined ? {} : { url: [new URL(url).href] }),
    ...(email === undefined ? {} : { contact: [{ name, email }] }),
  };
}
