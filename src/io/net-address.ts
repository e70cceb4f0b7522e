// Which internet addresses are public. Separate and pure, so that every range is a row in a table, and so that
// nothing but these few lines decides whether a name may lead into the user's own network.
//
//   IPv4  a.b.c.d                 decimal, without leading zeros
//   IPv6  RFC 4291 section 2.2    eight groups, one `::`, the last two groups perhaps as IPv4; zones are refused

import { UserError } from "../core/errors.ts";

type Bytes = readonly number[];

/** IPv4 ranges of the IANA special-purpose registry (RFC 6890 and later) that are not the public internet. */
const NOT_PUBLIC_4: readonly (readonly [prefix: Bytes, bits: number, what: string])[] = [
  [[0], 8, "unspecified"],
  [[10], 8, "private"],
  [[100, 64], 10, "carrier-grade NAT"],
  [[127], 8, "loopback"],
  [[169, 254], 16, "link-local"],
  [[172, 16], 12, "private"],
  [[192, 0, 0], 24, "reserved"],
  [[192, 0, 2], 24, "documentation"],
  [[192, 88, 99], 24, "a 6to4 relay"],
  [[192, 168], 16, "private"],
  [[198, 18], 15, "benchmarking"],
  [[198, 51, 100], 24, "documentation"],
  [[203, 0, 113], 24, "documentation"],
  [[224], 4, "multicast"],
  [[240], 4, "reserved"],
];

/** IPv6: only global unicast (2000::/3) is public; of the rest the known ranges have a name for the message. */
const NOT_PUBLIC_6: readonly (readonly [prefix: Bytes, bits: number, what: string])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified"],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"],
  [[0x20, 0x01, 0x00], 23, "reserved for protocols"],
  [[0x20, 0x01, 0x0d, 0xb8], 32, "documentation"],
  [[0x3f, 0xff, 0x00], 20, "documentation"],
  [[0xfc], 7, "private"],
  [[0xfe, 0x80], 10, "link-local"],
  [[0xfe, 0xc0], 10, "site-local"],
  [[0xff], 8, "multicast"],
];

/** Ranges whose addresses carry an IPv4 address that is reached in the end, and the byte it starts at. */
const CARRIES_4: readonly (readonly [prefix: Bytes, bits: number, at: number])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96, 12], // IPv4-mapped, RFC 4291 section 2.5.5.2
  [[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12], // NAT64, RFC 6052
  [[0x20, 0x02], 16, 2], // 6to4, RFC 3056
];

/**
 * Refuses a host of which any address is not public: which of several is connected to is not ours to choose.
 * @throws UserError `net-refused`
 */
export function refuseNotPublic(host: string, addresses: readonly string[]): void {
  for (const address of addresses) {
    const what = notPublic(address);
    if (what === undefined) continue;
    const which = address === host ? "the address" : `its address ${address}`;
    throw new UserError("net-refused", `${host}: ${which} is ${what}, and not of the public internet`, {
      hint: `if it is a server of your own network, name it: --host ${host}`,
    });
  }
}

/**
 * Why an address is not of the public internet, as a word or two ("loopback"), or undefined when it is.
 * Text that is no address is not public.
 */
export function notPublic(address: string): string | undefined {
  const four = parseIPv4(address);
  if (four !== undefined) return notPublic4(four);
  const six = parseIPv6(address);
  if (six === undefined) return "no address";
  const named = NOT_PUBLIC_6.find(([prefix, bits]) => startsWith(six, prefix, bits));
  if (named !== undefined) return named[2];
  const carrier = CARRIES_4.find(([prefix, bits]) => startsWith(six, prefix, bits));
  if (carrier !== undefined) return notPublic4(six.slice(carrier[2], carrier[2] + 4));
  return startsWith(six, [0x20], 3) ? undefined : "reserved";
}

function notPublic4(bytes: Bytes): string | undefined {
  return NOT_PUBLIC_4.find(([prefix, bits]) => startsWith(bytes, prefix, bits))?.[2];
}

/** True when the first `bits` bits are those of the prefix; bytes that the prefix leaves out are 0. */
function startsWith(bytes: Bytes, prefix: Bytes, bits: number): boolean {
  for (let index = 0; index * 8 < bits; index += 1) {
    const kept = Math.min(8, bits - index * 8);
    const mask = (0xff << (8 - kept)) & 0xff;
    if (((bytes[index] ?? 0) & mask) !== ((prefix[index] ?? 0) & mask)) return false;
  }
  return true;
}

/** Four bytes, or undefined. */
function parseIPv4(text: string): Bytes | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const bytes = text.split(".").map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

/** Sixteen bytes, or undefined. */
function parseIPv6(text: string): Bytes | undefined {
  const halves = text.split("::");
  if (text.length > 45 || halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

/** The bytes of groups between colons; the last may be an IPv4 address at the very end. */
function groupsOf(text: string, isEnd: boolean): Bytes | undefined {
  if (text === "") return [];
  const groups = text.split(":");
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const four = isEnd && index === groups.length - 1 ? parseIPv4(group) : undefined;
    if (four !== undefined) bytes.push(...four);
    else if (/^[0-9a-f]{1,4}$/i.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}
