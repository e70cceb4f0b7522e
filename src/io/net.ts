// The only file that opens a socket: https alone, checked addresses, bounded sizes and times.
// What is fetched is a stranger's until somebody has verified it.

import { lookup } from "node:dns";
import { Agent, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { LookupFunction } from "node:net";
import { UserError } from "../core/errors.ts";
import { systemErrorCode, writeFully } from "./files.ts";
import { refuseNotPublic } from "./net-address.ts";
import { connectionError, cutShort, refused, timedOut } from "./net-answer.ts";
import { readAnswer } from "./net-body.ts";
import type { Answer, Attempt, Fetched, Write } from "./net-body.ts";
import { hostName, mayLeadTo, parseHttpsUrl, shownUrl } from "./net-url.ts";

const MAX_REDIRECTS = 5;
const IDLE_MS = 30_000;
const TOTAL_MS = 15 * 60_000;

/** All addresses of a host. Rejects with a system error, as `ENOTFOUND`. */
type Resolve = (host: string) => Promise<readonly string[]>;

/** What holds for all that one run fetches. */
export interface Connection {
  /** No socket may be opened: every call is an error. */
  readonly offline?: boolean;
  /** Hosts that redirects may lead to besides the first one: `host`, or `host:port`. Compared exactly. */
  readonly allowedHosts?: readonly string[];
  /** Hosts, without port, whose addresses need not be public. Compared exactly. */
  readonly allowPrivate?: readonly string[];
  /** Certificates of authorities (PEM) that replace those of Node and NODE_EXTRA_CA_CERTS. */
  readonly ca?: string;
  /** Longest silence, milliseconds. */
  readonly idleMs?: number;
  /** Told each URL before it is asked for, without userinfo and query. */
  readonly onRequest?: (shown: string) => void;
  /** Instead of the system's resolver. */
  readonly resolve?: Resolve;
}

export interface FetchOptions extends Connection {
  /** Bytes; one more is an error. */
  readonly limit: number;
  /** Value of the Authorization header for a URL. Asked only for the host and port of the first URL. */
  readonly authorization?: (url: URL) => string | undefined;
  /** Value of the Accept header. */
  readonly accept?: string;
  /** Longest time for the whole, redirects included, milliseconds. */
  readonly totalMs?: number;
  /** Told the bytes that arrived, and of how many, where the server says. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/**
 * Fetches into an open file, at its position. After an error the file holds an unusable part.
 * @throws UserError `net-…`, and `output-failed` when it cannot be written
 */
export async function fetchToFile(url: string, fd: number, options: FetchOptions): Promise<Fetched> {
  return follow(url, options, (chunk) => {
    try {
      writeFully(fd, chunk);
    } catch (cause) {
      const code = systemErrorCode(cause);
      if (code === undefined) throw cause;
      throw new UserError("output-failed", `what is downloaded cannot be written (${code})`, { cause });
    }
  });
}

/** Fetches into memory. @throws UserError `net-…` */
export async function fetchSmall(url: string, options: FetchOptions): Promise<Fetched & { readonly bytes: Buffer }> {
  let bytes = Buffer.alloc(0);
  let length = 0;
  // One growing buffer: a server that sends single bytes would fill the memory with the objects of a list.
  const fetched = await follow(url, options, (chunk) => {
    if (length + chunk.length > bytes.length) {
      bytes = Buffer.concat([bytes], Math.max(length + chunk.length, bytes.length * 2, 1 << 16));
    }
    chunk.copy(bytes, length);
    length += chunk.length;
  });
  return { ...fetched, bytes: bytes.subarray(0, length) };
}

/** What stays the same from redirect to redirect. */
interface Session {
  readonly first: URL;
  readonly options: FetchOptions;
  /** On the clock of `performance.now()`. */
  readonly deadline: number;
  readonly write: Write;
}

async function follow(text: string, options: FetchOptions, write: Write): Promise<Fetched> {
  const first = parseHttpsUrl(text);
  if (options.offline === true) {
    throw new UserError("net-offline", `${shownUrl(first)}: it is not fetched, because --offline forbids it`, {
      hint: "fetch it yourself, and verify the files",
    });
  }
  const session = { first, options, write, deadline: performance.now() + (options.totalMs ?? TOTAL_MS) };
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    options.onRequest?.(shownUrl(url));
    const answer = await exchange(url, session);
    if ("fetched" in answer) return answer.fetched;
    const next = parseHttpsUrl(answer.location, url);
    if (!mayLeadTo(first, next, options.allowedHosts ?? [])) {
      throw new UserError("net-refused", `${shownUrl(url)}: it leads to another host, ${shownUrl(next)}`, {
        hint: `if that is where the publisher keeps files, name it: --host ${next.host}`,
      });
    }
    url = next;
  }
  throw refused(url, `more than ${MAX_REDIRECTS} redirects`);
}

/** One request and its answer, on a connection of its own to an address that was checked. */
async function exchange(url: URL, session: Session): Promise<Answer> {
  const addresses = await checkedAddresses(url, session);
  return new Promise((resolve, reject) => {
    const request = httpsRequest(url, requestOptions(url, session, addresses));
    let settled = false;
    const settle = (action: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(idle);
      clearTimeout(whole);
      request.destroy();
      action();
    };
    const attempt: Attempt = {
      url,
      limit: session.options.limit,
      write: session.write,
      isOver: () => settled,
      progressed: (done, total) => {
        idle.refresh();
        session.options.onProgress?.(done, total);
      },
      fail: (error) => settle(() => reject(error)),
      done: (answer) => settle(() => resolve(answer)),
    };
    const { fail } = attempt;
    const idleMs = session.options.idleMs ?? IDLE_MS;
    const idle = setTimeout(() => fail(timedOut(url, `nothing arrived for ${seconds(idleMs)}`)), idleMs);
    const whole = setTimeout(() => fail(tookTooLong(url, session)), remaining(session));
    const endsEarly = (): void => fail(cutShort(url));
    request.on("error", (error) => fail(connectionError(url, error)));
    request.on("close", endsEarly);
    request.on("response", (response) => {
      // It may be closed before the last pieces were handed over; from now on the response tells.
      request.off("close", endsEarly);
      readAnswer(response, attempt);
    });
    request.end();
  });
}

function requestOptions(
  url: URL,
  { first, options }: Session,
  addresses: readonly string[],
): Parameters<typeof httpsRequest>[1] {
  const authorization = url.host === first.host ? options.authorization?.(url) : undefined;
  return {
    // An agent of our own: the global one may go through a proxy that the environment names.
    agent: new Agent({ keepAlive: false }),
    lookup: lookupOf(addresses),
    minVersion: "TLSv1.2",
    // Written out, because NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS change what holds without them.
    rejectUnauthorized: true,
    insecureHTTPParser: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    headers: {
      "accept-encoding": "identity",
      accept: options.accept ?? "*/*",
      "user-agent": "boltseal",
      ...(authorization === undefined ? {} : { authorization }),
    },
  };
}

/** Answers with addresses that are known, so that the name is not resolved a second time. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, { all }, callback) => {
    queueMicrotask(() => {
      if (all === true) callback(null, found);
      else callback(null, found[0]?.address ?? "", found[0]?.family ?? 0);
    });
  };
}

/** The addresses of the URL's host, none of which leads into a private network. @throws UserError */
async function checkedAddresses(url: URL, session: Session): Promise<readonly string[]> {
  const host = hostName(url);
  const { options } = session;
  const addresses = isIP(host) === 0 ? await resolveInTime(url, host, session) : [host];
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0))
    throw new UserError("net-failed", `${host}: the name has no address`);
  if (options.allowPrivate?.includes(host) !== true) refuseNotPublic(host, addresses);
  return addresses;
}

async function resolveInTime(url: URL, host: string, session: Session): Promise<readonly string[]> {
  const { resolve = systemResolve } = session.options;
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tookTooLong(url, session)), remaining(session));
  });
  try {
    return await Promise.race([resolve(host), expiry]);
  } catch (error) {
    throw connectionError(url, error);
  } finally {
    clearTimeout(timer);
  }
}

function systemResolve(host: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address));
      else reject(error);
    });
  });
}

function remaining({ deadline }: Session): number {
  return Math.max(1, deadline - performance.now());
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1000} seconds`;
}

function tookTooLong(url: URL, { options }: Session): UserError {
  return timedOut(url, `it took longer than ${seconds(options.totalMs ?? TOTAL_MS)}`);
}
