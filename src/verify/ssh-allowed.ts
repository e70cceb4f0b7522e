// Files of SSH public keys: `.pub` files, and allowed_signers as in ssh-keygen(1), "ALLOWED SIGNERS".
//
//   line       = pub / signer / *blank / *blank "#" text
//   pub        = type base64 [comment]
//   signer     = principals [options] type base64 [comment]
//   principals = pattern *("," pattern) / DQUOTE … DQUOTE
//   options    = option *("," option)          no blanks outside quotes, \" inside; names in any case
//   option     = "cert-authority" / "namespaces=" list / "valid-after=" time / "valid-before=" time
//              / "no-touch-required" / "verify-required"      ours, with the meaning that authorized_keys gives them
//   time       = DQUOTE YYYYMMDD [HHMM [SS]] ["Z"] DQUOTE
//
// OpenSSH reads a time without Z in the zone of the machine. Here it is UTC, so that the same files mean the same
// everywhere.

import { strictBase64 } from "../core/digest.ts";
import { globMatches } from "../core/glob.ts";
import { readSshKey } from "./ssh-key.ts";
import type { SshKey } from "./ssh-key.ts";
import { WireError } from "./ssh-wire.ts";

/** One key of a file, and what the file says of it. */
export interface KeyLine {
  /** 1-based. */
  readonly line: number;
  readonly key: SshKey;
  /** Who the key is, by the file; absent in a `.pub` file. */
  readonly principals?: string;
  readonly options: LineOptions;
}

export interface LineOptions {
  /** The key signs certificates, and nothing else. */
  readonly certAuthority?: true;
  /** Pattern list. */
  readonly namespaces?: string;
  /** Milliseconds since 1970; both ends belong to the time. */
  readonly validAfter?: number;
  readonly validBefore?: number;
  /** Signatures of a hardware token that nobody touched count, too. */
  readonly noTouchRequired?: true;
  /** Only those count for which the token asked for a PIN or a finger. */
  readonly verifyRequired?: true;
}

/** A line that cannot be read. */
export interface BadLine {
  readonly line: number;
  /** A clause. */
  readonly reason: string;
}

const TYPE = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+$/;
/** A line of authorized_keys starts with options: taken for a principal, they would be lost. */
const OPTION_LIKE = /(?:^|,)(?:cert-authority|restrict|verify-required|no-[a-z0-9-]+|[a-z0-9-]+=)(?:$|,|")/i;

/** Longer files are no list of people, and each line costs a hundred times its size. */
const MAX_LINES = 20_000;
const LF = 0x0a;

/** The number of the first line that is one too many, or undefined. */
function lineTooMany(bytes: Uint8Array): number | undefined {
  let line = 1;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    line += 1;
    if (line > MAX_LINES + 1) return MAX_LINES + 1;
  }
  return undefined;
}

/** The lines of a key file, good and bad. Of a file with too many lines only that is told. */
export function readKeyLines(bytes: Uint8Array): readonly (KeyLine | BadLine)[] {
  const tooMany = lineTooMany(bytes);
  if (tooMany !== undefined) return [{ line: tooMany, reason: `the file has more than ${MAX_LINES} lines` }];
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\u{feff}/u, "");
  return text.split("\n").flatMap((written, index): readonly (KeyLine | BadLine)[] => {
    const line = index + 1;
    const content = written.replace(/\r$/, "").replace(/^[ \t]+/, "");
    if (content === "" || content.startsWith("#")) return [];
    try {
      return [{ line, ...readLine(content) }];
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return [{ line, reason: error.message }];
    }
  });
}

/** @throws WireError */
function readLine(content: string): Omit<KeyLine, "line"> {
  if (content.includes("\0") || content.includes("\u{fffd}")) throw new WireError("it is not text");
  const bare = keyAt(content);
  if (bare !== undefined) return { key: bare, options: {} };
  const [principals, rest] = takePrincipals(content);
  const plain = keyAt(rest);
  if (plain !== undefined) return { key: plain, principals, options: {} };
  const [options, after] = takeOptions(rest);
  const key = keyAt(after);
  if (key === undefined) throw new WireError("it holds no public key");
  return { key, principals, options };
}

/** The key that starts the text; undefined when it does not start with a type of key and base64. @throws WireError */
function keyAt(text: string): SshKey | undefined {
  const [, type = "", base64 = ""] = /^(\S+)[ \t]+(AAAA\S*)(?:[ \t]|$)/.exec(text) ?? [];
  if (!TYPE.test(type)) return undefined;
  const blob = strictBase64(base64);
  if (blob === undefined) throw new WireError("the base64 of its key is malformed");
  const key = readSshKey(blob);
  if (key.type !== type) throw new WireError("its key is of another type than it says");
  return key;
}

/** @throws WireError */
function takePrincipals(text: string): readonly [string, string] {
  const [, quoted, bare, rest] = /^(?:"([^"]*)"|([^\s"]+))[ \t]+(\S.*)$/.exec(text) ?? [];
  const principals = quoted ?? bare;
  if (principals === undefined || rest === undefined)
    throw new WireError("it has not the form: principals, options, key");
  if (quoted === undefined && OPTION_LIKE.test(principals))
    throw new WireError("it starts with options, as in authorized_keys; principals must stand first");
  const patterns = principals.split(",");
  if (patterns.includes("")) throw new WireError("one of its principals is empty");
  // Such a line matches nobody, whoever is asked for.
  if (patterns.every((pattern) => pattern.startsWith("!")))
    throw new WireError("its principals only say who it is not");
  return [principals, rest];
}

/** One option, and what follows it: nothing, a comma, or the end of all options. */
const OPTION = /^([A-Za-z-]+)(?:="((?:[^"\\]|\\.)*)")?(,|[ \t]+|$)/;

/** @throws WireError */
function takeOptions(text: string): readonly [LineOptions, string] {
  const options: Record<string, string | number | true> = {};
  for (let rest = text; ;) {
    const [all, name = "", quoted, separator] = OPTION.exec(rest) ?? [];
    if (all === undefined) throw new WireError("its options are malformed");
    const [member, value] = readOption(name.toLowerCase(), quoted?.replaceAll('\\"', '"'));
    if (Object.hasOwn(options, member)) throw new WireError(`it has the option ${name} twice`);
    options[member] = value;
    rest = rest.slice(all.length);
    if (separator !== ",") return [checkWindow(options), rest];
  }
}

/** @throws WireError */
function readOption(name: string, value: string | undefined): readonly [keyof LineOptions, string | number | true] {
  if (name === "namespaces" && value !== undefined) return ["namespaces", value];
  if (name === "valid-after" && value !== undefined) return ["validAfter", readTime(value)];
  if (name === "valid-before" && value !== undefined) return ["validBefore", readTime(value)];
  if (name === "cert-authority" && value === undefined) return ["certAuthority", true];
  if (name === "no-touch-required" && value === undefined) return ["noTouchRequired", true];
  if (name === "verify-required" && value === undefined) return ["verifyRequired", true];
  throw new WireError(`it has the unknown or incomplete option ${name}`);
}

/** @throws WireError */
function checkWindow(options: LineOptions): LineOptions {
  const { validAfter, validBefore } = options;
  if (validAfter !== undefined && validBefore !== undefined && validBefore <= validAfter)
    throw new WireError("its valid-before is not after its valid-after");
  return options;
}

const TIME = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z?$/;

/** Milliseconds since 1970. @throws WireError */
function readTime(text: string): number {
  const [all, year, month, day, hour = "00", minute = "00", second = "00"] = TIME.exec(text) ?? [];
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(written);
  // Date.parse would take the 30th of February for a day in March.
  if (all === undefined || Number.isNaN(time) || new Date(time).toISOString() !== written)
    throw new WireError("one of its times is none: write YYYYMMDD or YYYYMMDDHHMMSS, and Z");
  return time;
}

/** Whether a pattern list names the namespace: one pattern does, and none that starts with `!` (ssh_config(5), "PATTERNS"). */
export function listNames(list: string, namespace: string): boolean {
  // A slash is a character like others here. Neither text can hold a line feed.
  const plain = (text: string): string => text.replaceAll("/", "\n");
  const matches = (pattern: string): boolean => globMatches(plain(pattern.replaceAll("*", "**")), plain(namespace));
  const patterns = list.split(",");
  return (
    !patterns.some((pattern) => pattern.startsWith("!") && matches(pattern.slice(1))) &&
    patterns.some((pattern) => !pattern.startsWith("!") && matches(pattern))
  );
}
