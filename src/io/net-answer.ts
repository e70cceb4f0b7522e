// Which answers of a server are taken, and what a person can do about the others. Separate from the sockets:
// each rule is a line here.

import { UserError } from "../core/errors.ts";
import { systemErrorCode } from "./files.ts";
import { shownUrl } from "./net-url.ts";

/** What a server said before the body, as Node has read it: names of headers in lower case. Attacker-controlled. */
export interface AnswerHead {
  readonly statusCode?: number | undefined;
  readonly headers: {
    readonly location?: string | undefined;
    readonly "content-type"?: string | undefined;
    readonly "content-length"?: string | undefined;
    readonly "content-encoding"?: string | undefined;
    readonly "transfer-encoding"?: string | undefined;
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];
const ABSENT = [404, 410];
/** 4xx that may be otherwise in a moment. */
const PASSING = [408, 425, 429];

/** The rules of this program say no. */
export function refused(url: URL, why: string): UserError {
  return new UserError("net-refused", `${shownUrl(url)}: ${why}`);
}

export function tooLarge(url: URL, limit: number): UserError {
  return new UserError("net-too-large", `${shownUrl(url)}: it is larger than ${limit} bytes`);
}

/** @param what the clause for the message */
export function timedOut(url: URL, what: string): UserError {
  return new UserError("net-failed", `${shownUrl(url)}: ${what}`, { hint: "try again later" });
}

export function cutShort(url: URL, cause?: unknown): UserError {
  return new UserError("net-failed", `${shownUrl(url)}: the connection ended before the whole had arrived`, {
    hint: "try again: nothing of what arrived is used",
    cause,
  });
}

/**
 * Where the answer leads, or how many bytes its body promises (undefined when it comes in chunks).
 * @throws UserError for every other answer
 */
export function acceptAnswer(
  url: URL,
  response: AnswerHead,
  limit: number,
): { readonly location: string } | { readonly length: number | undefined } {
  const status = response.statusCode ?? 0;
  if (REDIRECTS.includes(status)) {
    const { location } = response.headers;
    if (location === undefined) throw refused(url, `it redirects (${status}) without saying where to`);
    return { location };
  }
  if (status !== 200) throw statusError(url, status);
  return { length: bodyLength(url, response, limit) };
}

/** RFC 9112 section 6: only bodies whose end can be told from a cut, and that arrive as they are. */
function bodyLength(url: URL, { headers }: AnswerHead, limit: number): number | undefined {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity")
    throw refused(url, `the answer is encoded (${encoding}), although it was asked for as it is`);
  const transfer = headers["transfer-encoding"];
  if (transfer !== undefined) {
    if (transfer.trim().toLowerCase() === "chunked") return undefined;
    throw refused(url, `the answer has the transfer encoding ${transfer}`);
  }
  const length = headers["content-length"];
  if (length === undefined) throw refused(url, "the answer does not say how long it is, so a cut could not be seen");
  if (!/^\d{1,15}$/.test(length)) throw refused(url, `the answer's length is no number: ${length}`);
  if (Number(length) > limit) throw tooLarge(url, limit);
  return Number(length);
}

function statusError(url: URL, status: number): UserError {
  const shown = shownUrl(url);
  if (ABSENT.includes(status)) return new UserError("net-absent", `${shown}: the server has no such file (${status})`);
  if (status === 401 || status === 403) {
    return new UserError("net-denied", `${shown}: the server does not let us (${status})`, {
      hint: "credentials are taken from the user's npm configuration alone, and for a package's registry alone",
    });
  }
  if (status >= 400 && status < 500 && !PASSING.includes(status))
    return new UserError("net-denied", `${shown}: the server does not answer such a request (${status})`);
  return new UserError("net-failed", `${shown}: the server answered with status ${status}`, {
    hint: "try again later",
  });
}

const CERTIFICATE_HINT = "an authority of your own network is added with NODE_EXTRA_CA_CERTS=FILE";

const CONNECTION_ERRORS: Readonly<Record<string, readonly [what: string, hint?: string]>> = {
  ENOTFOUND: ["the name is not known", "look for a typing error in it"],
  EAI_AGAIN: ["the name cannot be looked up now", "is this machine connected?"],
  ECONNREFUSED: ["nothing listens there"],
  ECONNRESET: ["the connection was broken off", "try again later"],
  EHOSTUNREACH: ["it cannot be reached"],
  ENETUNREACH: ["it cannot be reached", "is this machine connected?"],
  ETIMEDOUT: ["it does not answer", "connections are direct: proxies that the environment names are not used"],
  EPROTO: ["it does not speak TLS as we do"],
  CERT_HAS_EXPIRED: ["its certificate has expired"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another name"],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["its certificate is signed by nobody else", CERTIFICATE_HINT],
  SELF_SIGNED_CERT_IN_CHAIN: ["its certificate is by an authority that is not trusted here", CERTIFICATE_HINT],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["its certificate is by an authority that is not trusted here", CERTIFICATE_HINT],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["its certificate is by an authority that is not trusted here", CERTIFICATE_HINT],
};

/** What a failed resolution, connection or TLS handshake means. An error without a code is a bug, and stays what it is. */
export function connectionError(url: URL, error: unknown): Error {
  const code = systemErrorCode(error);
  if (code === undefined) return error instanceof Error ? error : new Error(String(error));
  const unnamed = code.startsWith("HPE_") ? "its answer is not proper HTTP" : "the connection failed";
  const [what, hint] = CONNECTION_ERRORS[code] ?? [`${unnamed} (${code})`];
  return new UserError("net-failed", `${url.host}: ${what}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
