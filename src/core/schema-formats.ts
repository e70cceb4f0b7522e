// What the compiled schemas of CycloneDX (.config/validators.mjs) call at run time: formats and uniqueness. By hand,
// because documents are attacker-controlled: each takes time linear in its text, which the usual ones do not.

/** Full dates and times of RFC 3339 section 5.6, with the days that each month has. */
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)$/i;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && leap ? 29 : DAYS[month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

function isDateTime(text: string): boolean {
  return /^[Tt\s]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && TIME.test(text.slice(11));
}

/** What RFC 3987 section 2.2 has nowhere unencoded: blanks, controls, `" < > \ ^ { | }`, the grave accent, a bare `%`. */
const NO_IRI = /[\u{0}-\u{20}\u{7f}-\u{a0}"<>\\^`{|}\u{2028}\u{2029}]|%(?![0-9A-Fa-f]{2})/u;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** An IRI or a relative reference. One without a scheme has no colon in its first segment (RFC 3986 section 4.2). */
function isIriReference(text: string): boolean {
  if (NO_IRI.test(text)) return false;
  if (SCHEME.test(text)) return true;
  const end = text.search(/[/?#]/);
  return !(end === -1 ? text : text.slice(0, end)).includes(":");
}

function isUri(text: string): boolean {
  return SCHEME.test(text) && isIriReference(text) && !/[^\u{0}-\u{7f}]/u.test(text);
}

/** `local@domain`, with letters of any script (RFC 6531). Quoted local parts are not taken. */
function isIdnEmail(text: string): boolean {
  const at = text.indexOf("@");
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local.length > 64 || domain.length > 255) return false;
  const atoms = local.split(".").every((atom) => /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\u{0}-\u{a0}])+$/u.test(atom));
  const labels = domain.split(".").every((label) => /^(?:[A-Za-z0-9-]|[^\u{0}-\u{a0}])+$/u.test(label));
  return atoms && (labels || /^\[[0-9A-Fa-f:.]+\]$/.test(domain));
}

/** By the names that JSON Schema gives them. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  "date-time": isDateTime,
  "iri-reference": isIriReference,
  uri: isUri,
  "idn-email": isIdnEmail,
};

/** A text that two JSON values have in common when they are equal: the order of members does not count. */
function equalityText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    const object = item as Readonly<Record<string, unknown>>;
    return Object.keys(object)
      .toSorted()
      .map((name) => [name, object[name]])
      .concat([["{}"]]);
  });
}

/** Members by which the items of the lists of an SBOM mostly differ. */
const TELLING = ["bom-ref", "ref", "name", "value", "url", "content", "location"] as const;

/** Text that equal items share, and others mostly do not. */
function tellingText(item: unknown): string {
  if (typeof item !== "object" || item === null) return String(item);
  const object = item as Readonly<Record<string, unknown>>;
  let text = "";
  for (const name of TELLING) {
    const value = object[name];
    if (typeof value === "string") text += `${name}=${value}\0`;
  }
  return text;
}

/** The indexes of two equal items of a list, or undefined: `uniqueItems` in linear time. */
export function equalItems(items: readonly unknown[]): readonly [first: number, second: number] | undefined {
  if (items.length < 2) return undefined;
  // Of items that tell the same, the full texts; of one alone, its index.
  const alike = new Map<string, number | Map<string, number>>();
  for (const [index, item] of items.entries()) {
    const telling = tellingText(item);
    const known = alike.get(telling);
    if (known === undefined) {
      alike.set(telling, index);
      continue;
    }
    const seen = typeof known === "number" ? new Map([[equalityText(items[known]), known]]) : known;
    const text = equalityText(item);
    const first = seen.get(text);
    if (first !== undefined) return [first, index];
    seen.set(text, index);
    alike.set(telling, seen);
  }
  return undefined;
}
